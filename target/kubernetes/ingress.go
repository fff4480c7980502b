package kubernetes

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// Ingress is the rules of one Ingress.
type Ingress struct {
	Class       string
	TLSSecret   string
	Annotations []Annotation // by name
	Paths       []Path
}

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
			r.notes.Refused(fmt.Sprintf("%s.http.cors.headers[%d]", at, i), finding.Refusal{Limit: "CORS", Page: IngressPage, Hint: "name headers of letters, digits, - and _"},
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
		r.notes.Refused(at+".timeout", finding.Refusal{Limit: "timeout", Page: ALBPage, Hint: "answer at once and let the client ask for the result later, or use another class"},
			"must be at most %ds on target kubernetes with Ingress class alb, got %s: the load balancer waits no longer", MaxALBSeconds, s.Timeout)
	} else {
		r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; the load balancer cuts a request off after %d s without a byte", MaxALBSeconds)
	}
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Refused(at+".kubernetes.ingress.tlsSecret", finding.Refusal{Limit: "certificate", Page: ALBPage, Hint: "leave it out: the load balancer finds the certificate for http.domain in ACM"},
			"cannot be had on target kubernetes with Ingress class alb, which takes certificates from ACM only")
	}
	r.refuseCORS(at, s, "alb")
}

func (r *resolver) refuseCORS(at string, s *spec.Service, class string) {
	if s.HTTP.CORS != nil {
		r.notes.Refused(at+".http.cors", finding.Refusal{Limit: "CORS", Page: IngressPage, Hint: "use class nginx or kubernetes.gateway, or answer preflight requests in the app"},
			"cannot be had on target kubernetes with Ingress class %s: ambi knows no annotations of it for CORS", class)
	}
}

func (r *resolver) tlsSecret(at string, s *spec.Service) {
	if s.Kubernetes.Ingress.TLSSecret != "" {
		r.notes.Exact(at+".kubernetes.ingress.tlsSecret", "the certificate for http.domain, which must exist in the namespace")
	}
}
