package kubernetes

import (
	"ambi/spec"
	"ambi/target/finding"
)

// authorizer refuses http.auth: nothing in front of the pods checks tokens.
func (r *resolver) authorizer(at string, s *spec.Service) {
	if s.HTTP.Auth != nil {
		r.notes.Refused(at+".http.auth.jwt", finding.Refusal{Limit: "tokens", Page: IngressPage, Hint: "verify the token in the app, or leave kubernetes out of targets"},
			"cannot be had on target kubernetes: no Ingress class and no HTTPRoute checks tokens by a standard, and auth is never approximate")
	}
}
