package kubernetes

import (
	"cmp"
	"fmt"
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// Gateway is the rules of one HTTPRoute.
type Gateway struct {
	Name      string
	Namespace string // empty for the service's own
	Matches   []Match
	CORS      *CORS
}

// Match is one match of an HTTPRoute.
type Match struct {
	Method     string   // empty for all
	Type, Path string   // Exact or PathPrefix, and the path
	Routes     []string // the routes that it serves, as the spec writes them; none for CORS' own requests
}

// CORS is the filter of an HTTPRoute.
type CORS struct {
	Origins, Methods, Headers []string
	Credentials               bool
	MaxAgeSeconds             int // 0 for the standard's own default
}

// gateway decides the rules of the service's HTTPRoute.
func (r *resolver) gateway(name string, s *spec.Service, out *Service) {
	at := "services." + name
	parent := s.Kubernetes.Gateway
	out.Gateway = &Gateway{Name: parent.Name, Namespace: parent.Namespace}
	add := func(m Match, route string) {
		i := slices.IndexFunc(out.Gateway.Matches, func(o Match) bool { return o.Method == m.Method && o.Type == m.Type && o.Path == m.Path })
		if i < 0 {
			i = len(out.Gateway.Matches)
			out.Gateway.Matches = append(out.Gateway.Matches, m)
		}
		if route != "" {
			out.Gateway.Matches[i].Routes = append(out.Gateway.Matches[i].Routes, route)
		}
	}
	for i, route := range s.HTTP.Routes {
		path := fmt.Sprintf("%s.http.routes[%d]", at, i)
		literal, whole := literalPath(route)
		m := Match{Type: "Exact", Path: literal}
		if route.Method != spec.Any {
			m.Method = route.Method
		}
		switch {
		case whole && m.Method == "":
			r.notes.Exact(path, "a match of the HTTPRoute")
		case whole:
			r.notes.Exact(path, "a match of the HTTPRoute; matching methods is an extended feature, which the Gateway's class must support")
		default:
			m.Type = "PathPrefix"
			of := ""
			if m.Method != "" {
				of = " of this method"
			}
			r.notes.Approximate(path, "prefix %s of the HTTPRoute: the app gets all requests%s at and below it", literal, of)
		}
		r.claim(path, name, "gateway", cmp.Or(parent.Namespace, out.Namespace)+"/"+parent.Name, s.HTTP.Domain, m.Method, m.Type, m.Path)
		add(m, route.String())
	}
	if cors := s.HTTP.CORS; cors != nil {
		out.Gateway.CORS = &CORS{
			Origins: cors.Origins, Methods: s.HTTP.AllowedMethods(), Headers: cors.Headers,
			Credentials: cors.Credentials, MaxAgeSeconds: int(cors.MaxAge.Std().Seconds()),
		}
		for _, m := range slices.Clone(out.Gateway.Matches) { // preflight requests must match to be answered
			if m.Method != "" {
				add(Match{Method: "OPTIONS", Type: m.Type, Path: m.Path}, "")
			}
		}
		r.bound(at+".http.cors.origins", len(cors.Origins))
		r.bound(at+".http.cors.headers", len(cors.Headers))
		r.notes.Approximate(at+".http.cors", "a CORS filter: standard since Gateway API v1.5, and an extended feature, which the Gateway's class must support; "+
			"the HTTPRoute matches OPTIONS requests of these paths for it")
	}
	if most := MaxRulesPerRoute * MaxMatchesPerRule; len(out.Gateway.Matches) > most {
		r.notes.Refused(at+".http.routes", finding.Refusal{Limit: "routes", Page: GatewayPage, Hint: "use {path+} for a whole prefix, or split the service"},
			"must be at most %d kinds of requests on target kubernetes with a gateway, got %d: an HTTPRoute allows no more", most, len(out.Gateway.Matches))
	}
	r.host(at, s, out, r.notes.Approximate, "the HTTPRoute's hostname, served by every listener of the Gateway, over TLS or not; the listeners have the certificate", "the host names of the Gateway's listeners")
	from := "the service's own namespace"
	if parent.Namespace != "" {
		from = "namespace " + parent.Namespace + ", which must allow routes from the service's"
	}
	r.notes.Exact(at+".kubernetes.gateway",
		"an HTTPRoute attached to all listeners of this Gateway, in %s; the NetworkPolicy allows connections from anywhere, because the Gateway's proxies may run anywhere", from)
	r.unbounded(name, "an HTTPRoute does not limit bodies")
	r.notes.Approximate(at+".timeout",
		"the time that a stopping pod gets to finish its requests, and the HTTPRoute's request timeout: an extended feature, which the Gateway's class must support")
}

// bound refuses more values than a CORS filter takes.
func (r *resolver) bound(path string, n int) {
	if n > MaxCORSValues {
		r.notes.Refused(path, finding.Refusal{Limit: "CORS", Page: GatewayPage, Hint: "answer preflight requests in the app"},
			"must be at most %d on target kubernetes with a gateway, got %d: a CORS filter allows no more", MaxCORSValues, n)
	}
}
