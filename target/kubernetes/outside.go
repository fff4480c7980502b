package kubernetes

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ambi/spec"
	"ambi/target"
)

// outside decides who may connect to the service, and what of http its target's
// Ingress or HTTPRoute expresses.
func (r *resolver) outside(name string, s *spec.Service, out *Service) {
	at := "services." + name
	ingress, gateway := s.Kubernetes.Ingress, s.Kubernetes.Gateway
	if s.HTTP.Auth != nil {
		r.notes.Refused(at+".http.auth.jwt", "verify the token in the app, or leave kubernetes out of targets",
			"cannot be had on target kubernetes: no Ingress class and no HTTPRoute checks tokens by a standard, and auth is never approximate")
	}
	switch {
	case ingress != nil:
		out.Reach, out.Domain = FromAnywhere, s.HTTP.Domain
		r.ingress(name, s, out)
	case gateway != nil:
		out.Reach, out.Domain = FromAnywhere, s.HTTP.Domain
		r.gateway(name, s, out)
	default:
		out.Reach = FromCluster
		within := "from any pod of the cluster"
		if len(out.Callers) > 0 {
			out.Reach = FromCallers
			within = "from the pods of " + target.And(out.Callers) + " alone"
		}
		r.inside(at, s, within)
	}
}

// inside notes what only has a meaning for requests from outside.
func (r *resolver) inside(at string, s *spec.Service, within string) {
	const hint = "set kubernetes.ingress or kubernetes.gateway"
	for i := range s.HTTP.Routes {
		r.notes.Dropped(fmt.Sprintf("%s.http.routes[%d]", at, i),
			"the Service passes every method and path, %s; nothing routes to it from outside", within)
	}
	if s.HTTP.Domain != "" {
		r.notes.Dropped(at+".http.domain", "nothing routes to the service from outside; to be reached by name, %s", hint)
	}
	if s.HTTP.CORS != nil {
		r.notes.Refused(at+".http.cors", "set kubernetes.gateway, or kubernetes.ingress with class nginx; or answer preflight requests in the app",
			"must come with kubernetes.ingress or kubernetes.gateway on target kubernetes: a Service answers no preflight request")
	}
	r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; nothing cuts a slow request off")
}

// ingress decides the rules of the service's Ingress.
func (r *resolver) ingress(name string, s *spec.Service, out *Service) {
	at := "services." + name
	class := s.Kubernetes.Ingress.Class
	in := &Ingress{Class: class, TLSSecret: s.Kubernetes.Ingress.TLSSecret}
	out.Ingress = in
	for i, route := range s.HTTP.Routes {
		path := fmt.Sprintf("%s.http.routes[%d]", at, i)
		literal, whole := literalPath(route)
		p := Path{Type: "Exact", Path: literal}
		switch {
		case whole && route.Method == spec.Any:
			r.notes.Exact(path, "a path of the Ingress")
		case whole:
			r.notes.Approximate(path, "a path of the Ingress, which knows no methods: the app gets requests of all")
		default:
			p.Type = "Prefix"
			r.notes.Approximate(path, "prefix %s of the Ingress, which knows neither methods nor parameters: the app gets all requests there and below", literal)
		}
		r.claim(path, name, "ingress", class, s.HTTP.Domain, p.Type, p.Path)
		if j := slices.IndexFunc(in.Paths, func(q Path) bool { return q.Type == p.Type && q.Path == p.Path }); j >= 0 {
			in.Paths[j].Routes = append(in.Paths[j].Routes, route.String())
			continue
		}
		p.Routes = []string{route.String()}
		in.Paths = append(in.Paths, p)
	}
	r.host(at, s, "the Ingress's host", "every host name that reaches the class")
	r.notes.Exact(at+".kubernetes.ingress.class", "the Ingress's class; the NetworkPolicy lets everybody connect, since the controller may run anywhere")
	switch {
	case isNginx(class):
		r.nginx(at, s, out)
	case class == "alb":
		r.alb(at, s, out)
	default:
		r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; Ingress class %s has a timeout of its own, which ambi does not know how to set", class)
		r.refuseCORS(at, s, class)
		r.tlsSecret(at, s)
	}
	slices.SortFunc(in.Annotations, func(a, b Annotation) int { return strings.Compare(a.Name, b.Name) })
}

// nginxHeader is what ingress-nginx takes as a header's name.
var nginxHeader = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func isNginx(class string) bool { return class == "nginx" || strings.HasPrefix(class, "nginx-") }

// nginx writes annotations for ingress-nginx.
func (r *resolver) nginx(at string, s *spec.Service, out *Service) {
	annotate := func(name, value, why string) {
		out.Ingress.Annotations = append(out.Ingress.Annotations, Annotation{"nginx.ingress.kubernetes.io/" + name, value, why})
	}
	seconds := strconv.Itoa(out.TimeoutSeconds)
	annotate("proxy-read-timeout", seconds, "")
	annotate("proxy-send-timeout", seconds, "")
	annotate("proxy-body-size", "6m", "nginx refuses more than 1m by default; a Lambda function takes 6")
	r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; nginx gives up after as long without a byte")
	r.tlsSecret(at, s)
	cors := s.HTTP.CORS
	if cors == nil {
		return
	}
	headers, age := strings.Join(cors.Headers, ", "), int(cors.MaxAge.Std().Seconds())
	headersWhy, ageWhy := "", ""
	if headers == "" {
		headers, headersWhy = "Accept", "which pages may always send: none would mean nginx's own list"
	}
	if age == 0 {
		age, ageWhy = browserMaxAgeSeconds, "what browsers take by default; nginx says 20 days"
	}
	for i, header := range cors.Headers {
		if !nginxHeader.MatchString(header) {
			r.notes.Refused(fmt.Sprintf("%s.http.cors.headers[%d]", at, i), "name headers of letters, digits, - and _",
				"cannot be had on target kubernetes with Ingress class %s, got %q: ingress-nginx refuses the annotation", out.Ingress.Class, header)
		}
	}
	annotate("enable-cors", "true", "")
	annotate("cors-allow-origin", strings.Join(cors.Origins, ", "), "")
	annotate("cors-allow-methods", strings.Join(s.HTTP.AllowedMethods(), ", "), "")
	annotate("cors-allow-headers", headers, headersWhy)
	annotate("cors-allow-credentials", strconv.FormatBool(cors.Credentials), "")
	annotate("cors-max-age", strconv.Itoa(age), ageWhy)
	r.notes.Approximate(at+".http.cors", "annotations of ingress-nginx, which answers every OPTIONS request of these paths itself")
}

// alb writes annotations for the AWS Load Balancer Controller.
func (r *resolver) alb(at string, s *spec.Service, out *Service) {
	annotate := func(name, value, why string) {
		out.Ingress.Annotations = append(out.Ingress.Annotations, Annotation{"alb.ingress.kubernetes.io/" + name, value, why})
	}
	annotate("target-type", "ip", "the Service has no port on the nodes")
	annotate("healthcheck-path", out.HealthPath, "")
	if out.Domain != "" {
		annotate("listen-ports", `[{"HTTPS":443}]`, "with the certificate that ACM has for the host")
	}
	if out.TimeoutSeconds > MaxALBSeconds {
		r.notes.Refused(at+".timeout", "answer at once and let the client ask for the result later, or use another class",
			"must be at most %ds on target kubernetes with Ingress class alb, got %s: the load balancer waits no longer", MaxALBSeconds, s.Timeout)
	} else {
		r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; the load balancer cuts a request off after %d s without a byte", MaxALBSeconds)
	}
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Refused(at+".kubernetes.ingress.tlsSecret", "leave it out: the load balancer finds the certificate for http.domain in ACM",
			"cannot be had on target kubernetes with Ingress class alb, which takes certificates from ACM only")
	}
	r.refuseCORS(at, s, "alb")
}

func (r *resolver) refuseCORS(at string, s *spec.Service, class string) {
	if s.HTTP.CORS != nil {
		r.notes.Refused(at+".http.cors", "use class nginx or kubernetes.gateway, or answer preflight requests in the app",
			"cannot be had on target kubernetes with Ingress class %s: ambi knows no annotations of it for CORS", class)
	}
}

func (r *resolver) tlsSecret(at string, s *spec.Service) {
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Exact(at+".kubernetes.ingress.tlsSecret", "the certificate for http.domain, which must exist in the namespace")
	}
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
		if whole {
			r.notes.Exact(path, "a match of the HTTPRoute; methods are an extended feature, which the Gateway's class must have")
		} else {
			m.Type = "PathPrefix"
			r.notes.Approximate(path, "prefix %s of the HTTPRoute: the app gets all requests of this method there and below", literal)
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
		r.notes.Approximate(at+".http.cors", "a CORS filter: standard since Gateway API v1.5, and an extended feature, which the Gateway's class must have; "+
			"OPTIONS requests of these paths come in for it")
	}
	if most := MaxRulesPerRoute * MaxMatchesPerRule; len(out.Gateway.Matches) > most {
		r.notes.Refused(at+".http.routes", "let {path+} take a whole prefix, or split the service",
			"must be %d kinds of requests at most on target kubernetes with a gateway, got %d: an HTTPRoute takes no more", most, len(out.Gateway.Matches))
	}
	r.host(at, s, "the HTTPRoute's hostname", "the host names of the Gateway's listeners")
	from := "the service's own namespace"
	if parent.Namespace != "" {
		from = "namespace " + parent.Namespace + ", which must allow routes from the service's"
	}
	r.notes.Exact(at+".kubernetes.gateway",
		"an HTTPRoute attached to all listeners of this Gateway, in %s; the NetworkPolicy lets everybody connect, since the Gateway's proxies may run anywhere", from)
	r.notes.Approximate(at+".timeout",
		"time that a pod gets to finish its requests when it stops, and the HTTPRoute's timeout of a request: an extended feature, which the Gateway's class must have")
}

// bound refuses more values than a CORS filter takes.
func (r *resolver) bound(path string, n int) {
	if n > MaxCORSValues {
		r.notes.Refused(path, "answer preflight requests in the app",
			"must be %d at most on target kubernetes with a gateway, got %d: a CORS filter takes no more", MaxCORSValues, n)
	}
}

func (r *resolver) host(at string, s *spec.Service, is, without string) {
	if s.HTTP.Domain != "" {
		r.notes.Exact(at+".http.domain", "%s; its DNS record is not the stack's", is)
		return
	}
	r.notes.Approximate(at+".http", "without a domain, the routes are served under %s", without)
}

// claim refuses a request that two services would get.
func (r *resolver) claim(path, service string, key ...string) {
	joined := strings.Join(key, "\n")
	owner, taken := r.paths[joined]
	if !taken {
		r.paths[joined] = service
	} else if owner != service {
		r.notes.Refused(path, "give each service a path of its own, or a domain; a gateway also tells methods apart",
			"cannot be told apart from a route of %s on target kubernetes: both are %s %s", owner, key[len(key)-2], key[len(key)-1])
	}
}

// literalPath is a route's path up to its first parameter, and whether that is
// all of it.
func literalPath(route spec.Route) (path string, whole bool) {
	for _, segment := range route.Segments() {
		if segment.Param {
			return orRoot(path), false
		}
		path += "/" + segment.Text
	}
	return orRoot(path), true
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
