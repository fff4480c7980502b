package lambda

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/target/finding"
)

// Authorizer allows requests with a valid JSON Web Token.
type Authorizer struct {
	Name     string // unique within the app
	Issuer   string
	Audience []string
}

// authorize gives each service with http.auth its authorizer.
func (r *resolver) authorize(model *Model) {
	names := map[string]string{} // by issuer and audience
	for i := range model.Services {
		out := &model.Services[i]
		s := r.app.Services[out.Name]
		if s.HTTP.Auth == nil || s.HTTP.Auth.JWT == nil {
			continue
		}
		jwt, at := s.HTTP.Auth.JWT, "services."+out.Name+".http.auth.jwt"
		audience := slices.Sorted(slices.Values(jwt.Audience))
		key := fmt.Sprintf("%q", append([]string{jwt.Issuer}, audience...))
		if names[key] == "" {
			names[key] = authorizerName(model.Authorizers, jwt.Issuer, audience[0])
			model.Authorizers = append(model.Authorizers, Authorizer{Name: names[key], Issuer: jwt.Issuer, Audience: audience})
		}
		out.Authorizer = names[key]
		r.notes.Approximate(at+".issuer", "a JWT authorizer of the API; it accepts tokens in the Authorization header that are signed with RSA")
		if len(audience) > MaxAudiences {
			r.notes.Refused(at+".audience", finding.Refusal{Limit: "authorizers", Page: HTTPAPIQuotasPage, Hint: "use one audience for all of them"},
				"must have at most %d audiences on target lambda, got %d", MaxAudiences, len(audience))
		} else {
			r.notes.Approximate(at+".audience", "the authorizer's audiences; of a token without the claim aud, the claim client_id is compared instead")
		}
	}
	if len(model.Authorizers) > MaxAuthorizers {
		r.notes.Refused("services", finding.Refusal{Limit: "authorizers", Page: HTTPAPIQuotasPage, Hint: "share issuers and audiences, or split the app"},
			"must have at most %d pairs of issuer and audience on target lambda, got %d: an HTTP API allows no more authorizers", MaxAuthorizers, len(model.Authorizers))
	}
}

var notInNames = lazyregexp.New(`[^a-z0-9]+`)

// authorizerName is made of the issuer's host and an audience, so that it stays
// the same when other services come and go.
func authorizerName(others []Authorizer, issuer, audience string) string {
	host := issuer
	if u, err := url.Parse(issuer); err == nil {
		host = u.Hostname()
	}
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(host+" "+audience), "-"), "-")
	name = strings.TrimRight(name[:min(len(name), 60)], "-")
	candidate := name
	for i := 2; slices.ContainsFunc(others, func(a Authorizer) bool { return a.Name == candidate }); i++ {
		candidate = fmt.Sprintf("%s-%d", name, i)
	}
	return candidate
}
