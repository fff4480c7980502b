package kubernetes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/spec"
	"ambi/target/finding"
)

// Ingress is the rules of one Ingress.
type Ingress struct {
	Class       string
	TLSSecret   string
	ALB         *ALB         // nil for other classes
	Annotations []Annotation // by name
	Paths       []Path
}

// ALB is the Application Load Balancer that the controller of class alb creates.
type ALB struct {
	Scheme spec.Scheme // empty for the controller's own default, which is internal
	Group  string      // of the Ingresses that share it; empty for one of its own
	// IdleSeconds is its idle timeout: the longest timeout of the group.
	IdleSeconds int
	// Order is the Ingress's order in its group: all its paths come before those of a higher
	// order, so that the most general paths are last.
	Order int
}

// Internal reports whether it is unreachable from outside the cluster's network.
func (a *ALB) Internal() bool { return a.Scheme != spec.InternetFacing }

// Annotation is one annotation that an Ingress class reads, and why it is there.
type Annotation struct{ Name, Value, Why string }

// Path is one path of an Ingress.
type Path struct {
	Type, Path string   // Exact or Prefix, and the path
	Routes     []string // the routes that it serves, as the spec writes them
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
			r.notes.Approximate(path, "a path of the Ingress, which cannot match methods: the app gets requests of every method")
		default:
			p.Type = "Prefix"
			r.notes.Approximate(path, "prefix %s of the Ingress, which can match neither methods nor parameters: the app gets all requests at and below it", literal)
		}
		if in.Nginx() {
			r.strict(path, class, p.Path)
		}
		r.claim(path, name, "ingress", class, s.HTTP.Domain, p.Type, p.Path)
		if j := slices.IndexFunc(in.Paths, func(q Path) bool { return q.Type == p.Type && q.Path == p.Path }); j >= 0 {
			in.Paths[j].Routes = append(in.Paths[j].Routes, route.String())
			continue
		}
		p.Routes = []string{route.String()}
		in.Paths = append(in.Paths, p)
	}
	const open = "; the NetworkPolicy allows connections from anywhere, because the controller may run anywhere"
	switch classAt := at + ".kubernetes.ingress.class"; {
	case in.Nginx():
		r.notes.Approximate(classAt, "the Ingress's class, which ambi assumes to be ingress-nginx because of its name: other controllers, including NGINX's own, ignore its annotations for timeout, maxBody and cors%s", open)
		r.ingressHost(at, s, out, "every host name that reaches the class, without TLS too")
		r.nginx(at, s, out)
	case s.Kubernetes.Ingress.ALB():
		r.notes.Approximate(classAt, "the Ingress's class, which ambi assumes to be the AWS Load Balancer Controller because of its name: other controllers ignore its annotations for scheme, group and timeout%s", open)
		r.host(at, s, out, r.notes.Exact, "the Ingress's host, only over HTTPS, with its certificate in ACM", "every host name of the load balancer")
		r.alb(at, s, out)
	default:
		r.notes.Exact(classAt, "the Ingress's class%s", open)
		r.ingressHost(at, s, out, "every host name that reaches the class")
		r.notes.Approximate(at+".timeout", "the time that a stopping pod gets to finish its requests; Ingress class %s has its own timeout, which ambi does not know how to set", class)
		r.unbounded(out.Name, "Ingress class "+class+" has its own limit, which ambi does not know how to set")
		r.refuseCORS(at, s, class)
		r.tlsSecret(at, s)
	}
	slices.SortFunc(in.Annotations, func(a, b Annotation) int { return strings.Compare(a.Name, b.Name) })
}

// ingressHost notes the host of an Ingress whose controller has a certificate of its own.
func (r *resolver) ingressHost(at string, s *spec.Service, out *Service, without string) {
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.host(at, s, out, r.notes.Exact, "the Ingress's host", without)
		return
	}
	r.host(at, s, out, r.notes.Approximate, "the Ingress's host, with the certificate that the class has by default: kubernetes.ingress.tlsSecret names the host's own", without)
}

// nginxHeader is what ingress-nginx takes as a header's name.
var nginxHeader = lazyregexp.New(`^[A-Za-z0-9_-]+$`)

// Nginx reports whether ingress-nginx serves the class.
func (in *Ingress) Nginx() bool { return in.Class == "nginx" || strings.HasPrefix(in.Class, "nginx-") }

// nginx writes annotations for ingress-nginx.
func (r *resolver) nginx(at string, s *spec.Service, out *Service) {
	annotate := func(name, value, why string) {
		out.Ingress.Annotations = append(out.Ingress.Annotations, Annotation{"nginx.ingress.kubernetes.io/" + name, value, why})
	}
	seconds := strconv.Itoa(out.TimeoutSeconds)
	annotate("proxy-read-timeout", seconds, "")
	annotate("proxy-send-timeout", seconds, "")
	annotate("proxy-body-size", nginxSize(s.HTTP.MaxBody), "nginx refuses more than 1m by default")
	out.MaxBodyBytes = s.HTTP.MaxBody.Bytes()
	if path := at + ".http.maxBody"; r.app.SaysBodies(out.Name) {
		r.notes.Exact(path, "ingress-nginx answers 413 to a larger body")
	}
	r.notes.Approximate(at+".timeout", "the time that a stopping pod gets to finish its requests; nginx gives up after the same time without a byte")
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
			r.notes.Refused(fmt.Sprintf("%s.http.cors.headers[%d]", at, i), finding.Refusal{Limit: "CORS", Page: IngressPage, Hint: "name headers of letters, digits, - and _"},
				"is not possible on target kubernetes with Ingress class %s, got %q: ingress-nginx refuses the annotation", out.Ingress.Class, header)
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
	lb := r.loadBalancer(at, s, out)
	if lb.Scheme != "" {
		annotate("scheme", string(lb.Scheme), "")
	}
	if lb.Group != "" {
		annotate("group.name", lb.Group, "the Ingresses of a group share one load balancer")
		annotate("group.order", strconv.Itoa(lb.Order), "the paths of a lower one come first, whatever their length")
	}
	longest := ""
	if lb.IdleSeconds > out.TimeoutSeconds {
		longest = "the longest timeout of the group"
	}
	annotate("load-balancer-attributes", fmt.Sprintf("idle_timeout.timeout_seconds=%d", lb.IdleSeconds), longest)
	r.notes.Approximate(at+".timeout", "the time that a stopping pod gets to finish its requests; the load balancer cuts off a request after %d s without a byte", lb.IdleSeconds)
	r.unbounded(out.Name, "the load balancer accepts bodies of any size")
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Refused(at+".kubernetes.ingress.tlsSecret", finding.Refusal{Limit: "certificate", Page: ALBPage, Hint: "leave it out: the load balancer finds the certificate for http.domain in ACM"},
			"is not possible on target kubernetes with Ingress class alb, which only uses certificates from ACM")
	}
	r.refuseCORS(at, s, "alb")
}

// loadBalancer decides which load balancer serves the service, and with whom it shares it.
func (r *resolver) loadBalancer(at string, s *spec.Service, out *Service) *ALB {
	in := s.Kubernetes.Ingress
	lb := &ALB{Scheme: in.Scheme, Group: in.Group, IdleSeconds: out.TimeoutSeconds}
	out.Ingress.ALB = lb
	path, agreed := at+".kubernetes.ingress", true
	if in.Group != "" {
		lb.IdleSeconds = r.fronts.longest[in.Group][in.Scheme]
		for _, name := range but(r.fronts.groups[in.Group], in.Scheme) {
			agreed = false
			r.notes.Refused(path+".group", finding.Refusal{Limit: "load balancer", Page: ALBIngressPage, Hint: "give all services of a group the same scheme"},
				"has another scheme for %s on target kubernetes: a group shares one load balancer", name)
		}
	}
	switch {
	case in.Scheme == "":
		r.notes.Approximate(path, "its load balancer is internal, the controller's default: it is unreachable from outside the network, while Lambda's API is open to the internet; set scheme to internet-facing or internal")
	case lb.Internal():
		r.notes.Approximate(path+".scheme", "the load balancer is unreachable from outside the network, while Lambda's API is open to the internet")
	case s.HTTP.Domain == "":
		r.notes.Approximate(path+".scheme", "the load balancer is open to the internet over plain HTTP: it finds a certificate by http.domain, which is not set; Lambda's API only accepts HTTPS")
	default:
		r.notes.Exact(path+".scheme", "the load balancer is open to the internet")
	}
	if in.Group != "" && agreed {
		r.notes.Exact(path+".group", "the Ingresses that name it share one load balancer")
	}
	if in.Group != "" {
		lb.Order = groupOrder(out.Ingress.Paths)
	}
	return lb
}

// groupOrder puts an Ingress in its place in a group, of 1 to 1000: the shorter its shortest
// prefix, the later.
func groupOrder(paths []Path) int {
	const last = 1000
	order := 1
	for _, p := range paths {
		if p.Type == "Prefix" {
			order = max(order, last+1-len(p.Path))
		}
	}
	return order
}

// unbounded notes that nothing checks how large a body is.
func (r *resolver) unbounded(name, why string) {
	if r.app.SaysBodies(name) {
		r.notes.Dropped("services."+name+".http.maxBody", "%s; the app must limit bodies itself", why)
	}
}

// nginxSize writes a size as nginx reads it.
func nginxSize(q spec.Quantity) string {
	bytes := q.Bytes()
	switch {
	case bytes%(1<<20) == 0:
		return fmt.Sprintf("%dm", bytes>>20)
	case bytes%(1<<10) == 0:
		return fmt.Sprintf("%dk", bytes>>10)
	}
	return strconv.FormatInt(bytes, 10)
}

func (r *resolver) refuseCORS(at string, s *spec.Service, class string) {
	if s.HTTP.CORS != nil {
		r.notes.Refused(at+".http.cors", finding.Refusal{Limit: "CORS", Page: IngressPage, Hint: "use class nginx or kubernetes.gateway, or answer preflight requests in the app"},
			"is not possible on target kubernetes with Ingress class %s: ambi does not know its annotations for CORS", class)
	}
}

func (r *resolver) tlsSecret(at string, s *spec.Service) {
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Exact(at+".kubernetes.ingress.tlsSecret", "the certificate for http.domain, which must exist in the namespace")
	}
}
