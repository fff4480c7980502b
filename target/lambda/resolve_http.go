package lambda

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target"
)

// http decides who turns an invocation into a request, and the route keys. OPTIONS
// is never behind an authorizer: a preflight request comes without a token, and
// ANY would catch it.
func (r *resolver) http(at string, s *spec.Service, out *Service) {
	callers := target.InternalCallers(r.app, out.Name)
	for i, route := range s.HTTP.Routes {
		path := element(at+".http.routes", i)
		if s.HTTP.Auth != nil && route.Method == "OPTIONS" {
			out.OpenRoutes = append(out.OpenRoutes, route.String())
			r.notes.Approximate(path, "route %s of the HTTP API, without the authorizer: browsers send no token with a preflight request", route)
			continue
		}
		out.Routes = append(out.Routes, route.String())
		if len(callers) > 0 {
			r.notes.Approximate(path, "route %s of the HTTP API, which is open to anyone on the internet and not only to %s; http.auth guards it, or the app itself",
				route, target.And(callers))
			continue
		}
		if s.HTTP.Auth == nil || route.Method != spec.Any || r.optionsTaken(route) {
			r.notes.Exact(path, "route %s of the HTTP API", route)
			continue
		}
		open := spec.Route{Method: "OPTIONS", Path: route.Path}
		out.OpenRoutes = append(out.OpenRoutes, open.String())
		r.notes.Approximate(path, "route %s of the HTTP API; %s stays open to callers without a token, since browsers send none with a preflight request", route, open)
	}
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Exact(at+".lambda.handler", "the app speaks the runtime API itself")
		r.notes.Dropped(at+".port", "the app speaks the runtime API itself; nothing connects to a port")
		r.notes.Dropped(at+".health.path", "the app says itself that it is ready, by asking for an invocation")
		return
	}
	out.Environment = append(out.Environment,
		Variable{Name: "AWS_LWA_PORT", Value: itoa(s.Port)},
		Variable{Name: "AWS_LWA_READINESS_CHECK_PATH", Value: s.Health.Path})
	switch {
	case out.Zip == "":
		r.notes.Approximate(at+".lambda.handler", "the image must contain the Lambda Web Adapter, since image functions take no layers: "+
			"COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter")
	case out.AdapterLayer != "":
		_, layer, _ := strings.Cut(out.AdapterLayer, ":layer:")
		r.notes.Exact(at+".lambda.handler", "the Lambda Web Adapter, in the layer %s that AWS publishes; the stack's %s.adapterLayer names another", layer, out.Name)
	default:
		r.notes.Exact(at+".lambda.handler", "the Lambda Web Adapter, which must be one of lambda.layers")
	}
	r.notes.Exact(at+".port", "the Lambda Web Adapter connects to it (AWS_LWA_PORT)")
	r.notes.Approximate(at+".health.path", "asked once, at a cold start, by the Lambda Web Adapter (AWS_LWA_READINESS_CHECK_PATH)")
}

// optionsTaken reports whether some service answers OPTIONS where a route does.
func (r *resolver) optionsTaken(route spec.Route) bool {
	for _, s := range r.app.Services {
		for _, other := range s.HTTP.Routes {
			if other.Method == "OPTIONS" && other.Shape() == route.Shape() {
				return true
			}
		}
	}
	return false
}

// cors merges what the services say into the API's one block.
func (r *resolver) cors(model *Model) {
	var first *spec.Service
	var without []string
	for _, name := range r.app.ServiceNames() {
		s := r.app.Services[name]
		if s.HTTP.CORS == nil {
			without = append(without, name)
			continue
		}
		if first == nil {
			first = s
			c := s.HTTP.CORS
			model.CORS = &CORS{Origins: c.Origins, Headers: c.Headers, Credentials: c.Credentials, MaxAgeSeconds: int(c.MaxAge.Std().Seconds())}
		}
		model.CORS.Methods = append(model.CORS.Methods, s.HTTP.AllowedMethods()...)
	}
	if first == nil {
		return
	}
	slices.SortFunc(model.CORS.Methods, func(a, b string) int {
		return cmp.Compare(slices.Index(spec.Methods(), a), slices.Index(spec.Methods(), b))
	})
	model.CORS.Methods = slices.Compact(model.CORS.Methods)
	for _, name := range r.app.ServiceNames() {
		c, at := r.app.Services[name].HTTP.CORS, "services."+name+".http.cors"
		switch {
		case c == nil:
			continue
		case !sameCORS(c, first.HTTP.CORS):
			r.notes.Refused(at, "say the same for every service, or split the app",
				"must not differ from other services' on target lambda: an HTTP API has one CORS configuration for all its routes")
			continue
		case len(without) > 0:
			r.notes.Approximate(at+".origins", "the API answers preflight requests itself, also for %s: an HTTP API has one CORS configuration for all its routes",
				strings.Join(without, ", "))
		default:
			r.notes.Exact(at+".origins", "the API answers preflight requests itself")
		}
		if c.Methods == nil {
			r.notes.Exact(at+".methods", "those of the routes: %s", strings.Join(model.CORS.Methods, ", "))
		} else {
			r.notes.Exact(at+".methods", "allowed by the API's CORS configuration")
		}
		for _, key := range []string{"headers", "credentials", "maxAge"} {
			if r.app.Given(at + "." + key) {
				r.notes.Exact(at+"."+key, "said by the API's CORS configuration")
			}
		}
	}
}

// sameCORS compares what the spec says; the order in a list has no meaning.
func sameCORS(a, b *spec.CORS) bool {
	same := func(a, b []string) bool {
		key := func(list []string) []string {
			list = slices.Clone(list)
			for i, text := range list {
				list[i] = strings.ToLower(text)
			}
			slices.Sort(list)
			return list
		}
		return slices.Equal(key(a), key(b))
	}
	return same(a.Origins, b.Origins) && same(a.Methods, b.Methods) && same(a.Headers, b.Headers) &&
		a.Credentials == b.Credentials && a.MaxAge == b.MaxAge
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
		r.notes.Approximate(at+".issuer", "a JWT authorizer of the API; it takes tokens in the header Authorization that are signed with RSA")
		if len(audience) > MaxAudiences {
			r.notes.Refused(at+".audience", "have the issuer name a common audience", "must have %d audiences at most on target lambda, got %d", MaxAudiences, len(audience))
		} else {
			r.notes.Exact(at+".audience", "the authorizer's audience")
		}
	}
	if len(model.Authorizers) > MaxAuthorizers {
		r.notes.Refused("services", "share issuers and audiences, or split the app",
			"must have %d pairs of issuer and audience at most on target lambda, got %d: an HTTP API takes no more authorizers", MaxAuthorizers, len(model.Authorizers))
	}
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

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

// domains lists the host names of all services.
func (r *resolver) domains(model *Model) {
	for _, name := range r.app.ServiceNames() {
		domain := r.app.Services[name].HTTP.Domain
		if domain == "" {
			continue
		}
		model.Domains = append(model.Domains, domain)
		r.notes.Approximate("services."+name+".http.domain", "a custom domain of the whole API, whose own URL goes on answering; "+
			"the certificate is the stack's certificateArn, and DNS must point at the stack's output dns:%s", domain)
	}
	slices.Sort(model.Domains)
	model.Domains = slices.Compact(model.Domains)
}
