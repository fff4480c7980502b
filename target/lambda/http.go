package lambda

import (
	"cmp"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// CORS is the API's answer to preflight requests.
type CORS struct {
	Origins, Methods, Headers []string
	Credentials               bool
	MaxAgeSeconds             int // 0 leaves it to the browser
}

// http decides who turns an invocation into a request, and the route keys. OPTIONS
// is never behind an authorizer: a preflight request comes without a token, and
// ANY would catch it.
func (r *resolver) http(at string, s *spec.Service, out *Service) {
	r.body(at+".http.maxBody", out.Name, s)
	r.internal(at+".http.internal", s, out)
	if s.Internal() && s.IsHTTP() && !s.HTTP.Internal {
		out.InternalCallers = r.callers[out.Name]
	}
	for i, route := range s.HTTP.Routes {
		path := element(at+".http.routes", i)
		if s.HTTP.Auth != nil && route.Method == "OPTIONS" {
			out.OpenRoutes = append(out.OpenRoutes, route.String())
			r.notes.Approximate(path, "route %s of the HTTP API, without the authorizer: browsers send no token with a preflight request", route)
			continue
		}
		out.Routes = append(out.Routes, route.String())
		if s.HTTP.Internal {
			r.notes.Approximate(path, "route %s of the HTTP API, for requests that are signed by %s", route, finding.And(r.callers[out.Name]))
			continue
		}
		if len(out.InternalCallers) > 0 {
			r.notes.Approximate(path, "route %s of the HTTP API, which is open to anyone on the internet, not only to %s; protect it with http.auth, or in the app",
				route, finding.And(out.InternalCallers))
			continue
		}
		if s.HTTP.Auth == nil || route.Method != spec.Any || r.optionsTaken[route.Shape()] {
			if stream := route.Stream(); stream != "" {
				r.notes.Approximate(path, "route %s of the HTTP API, which passes on one request and one complete response; if the route is for %s, this target cannot serve it", route, stream)
				continue
			}
			r.notes.Exact(path, "route %s of the HTTP API", route)
			continue
		}
		open := spec.Route{Method: "OPTIONS", Path: route.Path}
		out.OpenRoutes = append(out.OpenRoutes, open.String())
		r.notes.Approximate(path, "route %s of the HTTP API; %s stays open to callers without a token, since browsers send none with a preflight request", route, open)
	}
	if path := at + ".health.startup"; r.app.Given(path) {
		r.notes.Dropped(path, "an environment has 10 s to start; if that is not enough, it starts once more within the first request's timeout")
	}
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Exact(at+".lambda.handler", "the app speaks the runtime API itself")
		r.notes.Dropped(at+".port", "the app speaks the runtime API itself; nothing connects to a port")
		r.notes.Dropped(at+".health.path", "the app signals that it is ready by asking for an invocation")
		return
	}
	out.Adapter = true
	out.Environment = append(out.Environment,
		Variable{Name: "AWS_LWA_PORT", Value: itoa(s.Port)},
		Variable{Name: "AWS_LWA_READINESS_CHECK_PATH", Value: s.Health.Path})
	switch {
	case out.Zip == "":
		r.notes.Approximate(at+".lambda.handler", "the image must contain the Lambda Web Adapter, since image functions take no layers: "+
			"COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter")
	case out.AdapterLayer != "":
		_, layer, _ := strings.Cut(out.AdapterLayer, ":layer:")
		r.notes.Exact(at+".lambda.handler", "the Lambda Web Adapter, in the layer %s that AWS publishes; the setting %s.adapterLayer overrides it", layer, out.Name)
	default:
		r.notes.Exact(at+".lambda.handler", "the Lambda Web Adapter, which must be one of lambda.layers")
	}
	r.port(at+".port", s.Port)
	r.notes.Approximate(at+".health.path", "the Lambda Web Adapter checks it only at a cold start (AWS_LWA_READINESS_CHECK_PATH), until it gets a status below 500")
}

// port checks the port that the Web Adapter connects to.
func (r *resolver) port(path string, port int) {
	refuse := func(why string) {
		r.notes.Refused(path, finding.Refusal{Limit: "port", Page: ExtensionsPage, Hint: "choose another port, such as 8080"}, "must not be %d on target lambda: %s", port, why)
	}
	switch {
	case port == RuntimePort:
		refuse("Lambda's own runtime API listens there")
	case port < FirstPort:
		refuse("a function's user cannot bind ports below 1024")
	case port == InsightsPort:
		r.notes.Approximate(path, "the Lambda Web Adapter connects to it (AWS_LWA_PORT); Lambda Insights uses the same port, so the two cannot be combined")
	default:
		r.notes.Exact(path, "the Lambda Web Adapter connects to it (AWS_LWA_PORT)")
	}
}

// body refuses what no invocation carries.
func (r *resolver) body(path, name string, s *spec.Service) {
	switch {
	case !r.app.SaysBodies(name):
	case r.app.Given(path) && s.HTTP.MaxBody.Bytes() > MaxEventBytes:
		r.notes.Refused(path, finding.Refusal{Limit: "request payload", Page: QuotasPage, Hint: "let clients exchange large bodies with S3, by presigned URLs"},
			"must be at most 6Mi on target lambda, got %s: an invocation cannot carry more", s.HTTP.MaxBody)
	default:
		r.notes.Dropped(path, "an invocation takes at most 6 MB of head and body, or 4.5 MB of a binary body; nothing enforces a lower limit")
	}
}

// shapesWithOptions are the shapes of paths on which some service answers OPTIONS.
func shapesWithOptions(app *spec.App) map[string]bool {
	shapes := map[string]bool{}
	for _, s := range app.Services {
		for _, route := range s.HTTP.Routes {
			if route.Method == "OPTIONS" {
				shapes[route.Shape()] = true
			}
		}
	}
	return shapes
}

// cors merges what the services say into the API's one block.
func (r *resolver) cors(model *Model) {
	var first *spec.Service
	var without []string
	for _, name := range r.names {
		s := r.app.Services[name]
		if !s.IsHTTP() {
			continue
		}
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
	for _, name := range r.names {
		c, at := r.app.Services[name].HTTP.CORS, "services."+name+".http.cors"
		switch {
		case c == nil:
			continue
		case !sameCORS(c, first.HTTP.CORS):
			r.notes.Refused(at, finding.Refusal{Limit: "CORS", Page: HTTPAPICORSPage, Hint: "use the same CORS configuration for every service, or split the app"},
				"must not differ from other services' on target lambda: an HTTP API has one CORS configuration for all its routes")
			continue
		case len(without) > 0:
			r.notes.Approximate(at+".origins", "the API answers preflight requests itself, also for %s: an HTTP API has one CORS configuration for all its routes",
				strings.Join(without, ", "))
		default:
			r.notes.Exact(at+".origins", "the API answers preflight requests itself")
		}
		switch {
		case c.Methods == nil && slices.Equal(model.CORS.Methods, r.app.Services[name].HTTP.AllowedMethods()):
			r.notes.Exact(at+".methods", "those of the routes: %s", strings.Join(model.CORS.Methods, ", "))
		case c.Methods == nil:
			r.notes.Approximate(at+".methods", "those of the routes of all services: %s", strings.Join(model.CORS.Methods, ", "))
		default:
			r.notes.Exact(at+".methods", "allowed by the API's CORS configuration")
		}
		for _, key := range []string{"headers", "credentials", "maxAge"} {
			if r.app.Given(at + "." + key) {
				r.notes.Exact(at+"."+key, "set in the API's CORS configuration")
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

// domains lists the host names of all services.
func (r *resolver) domains(model *Model) {
	for i := range model.Services {
		out := &model.Services[i]
		domain := r.app.Services[out.Name].HTTP.Domain
		if domain == "" {
			continue
		}
		out.Domain = domain
		model.Domains = append(model.Domains, domain)
		r.notes.Approximate("services."+out.Name+".http.domain", "a custom domain for the whole API, whose own URL keeps working; "+
			"the certificate is the stack's certificateArn, and DNS must point at the stack's output dns:%s", domain)
	}
	slices.Sort(model.Domains)
	model.Domains = slices.Compact(model.Domains)
}
