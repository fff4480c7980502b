package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// SwitchPage documents health checks of Route 53, which come from the internet.
const SwitchPage = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html"

// dnsAnnotations keep external-dns away from a host: it creates simple records, and deletes those
// of others. Releases before 0.22 know the first one.
// Source: https://kubernetes-sigs.github.io/external-dns/v0.23.0/docs/annotations/annotations/
var dnsAnnotations = []string{"external-dns.alpha.kubernetes.io/controller", "external-dns.kubernetes.io/controller"} //nolint:gochecknoglobals // a constant in all but name

// switched has the service answer under a host that no other target has, and there at the path
// that says whether this target is up.
func (r *resolver) switched(name string, s *spec.Service, out *Service) {
	if s.HTTP.Domain == "" || !slices.Contains(r.app.Switched(), s.HTTP.Domain) {
		return
	}
	at := "services." + name
	if out.Ingress == nil && out.Gateway == nil {
		r.notes.Refused(at+".http.domain", finding.Refusal{Limit: "switch", Page: IngressPage, Hint: "set kubernetes.ingress or kubernetes.gateway, or remove switch"},
			"needs something that serves it from outside with switch on target kubernetes")
		return
	}
	if len(out.Apart) > 0 {
		r.notes.Refused(at+".http.domain", finding.Refusal{Limit: "switch", Page: IngressPage, Hint: "let one Ingress class, load balancer or Gateway serve the domain"},
			"is served apart for %s, which switch cannot do on target kubernetes: a DNS name leads to one place", finding.And(out.Apart))
	}
	if in := out.Ingress; in != nil && in.ALB != nil && in.ALB.Internal() {
		r.notes.Refused(at+".kubernetes.ingress.scheme", finding.Refusal{Limit: "switch", Page: SwitchPage, Hint: "set it to internet-facing, as Lambda's API is, or remove switch"},
			"must be internet-facing with switch on target kubernetes: health checks of Route 53 come from the internet")
	}
	out.OwnHost = spec.OwnHost(spec.Kubernetes, s.HTTP.Domain)
	by := "the same rules"
	if out.Ingress != nil {
		by = "a rule of the Ingress"
		for _, annotation := range dnsAnnotations {
			out.Ingress.Annotations = append(out.Ingress.Annotations, Annotation{annotation, "none", "the hosts' records are the traffic stack's"})
		}
		slices.SortFunc(out.Ingress.Annotations, func(a, b Annotation) int { return strings.Compare(a.Name, b.Name) })
	}
	asked := ""
	if name == r.app.Asked(s.HTTP.Domain) {
		if !r.answers(s.HTTP.Domain, s.Health.Path) {
			out.HealthRoute = s.Health.Path
		}
		asked = fmt.Sprintf("; health checks ask GET %s there, without a token", s.Health.Path)
	}
	r.notes.Approximate(at+".http.domain", "%s too, where this target alone answers, for health checks and tests: %s%s. The certificate must cover it; annotations keep external-dns away from both hosts, whose records are the traffic stack's", out.OwnHost, by, asked)
}

// answers reports whether a service of a domain has exactly this path.
func (r *resolver) answers(domain, path string) bool {
	for _, s := range r.app.Services {
		if s.HTTP.Domain != domain {
			continue
		}
		for _, route := range s.HTTP.Routes {
			if literal, whole := literalPath(route); whole && literal == path && (route.Method == "GET" || route.Method == spec.Any) {
				return true
			}
		}
	}
	return false
}
