package compose

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// labels carries what Traefik reads from labels: where a service listens, and which
// requests lead to it.
// Source: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/
func (im *importer) labels(s *service) {
	for _, labels := range []*source.Node{s.node.Get("labels"), s.node.Get("deploy", "labels")} {
		if labels != nil && labels.Kind == source.List {
			s.Skip(labels) // deploy.labels in their short form, which merging leaves
			labels = pairs(labels)
		}
		if labels == nil || labels.Kind != source.Map {
			continue
		}
		for _, key := range labels.Keys {
			n := labels.Get(key)
			switch {
			case n == nil || !strings.HasPrefix(key, "traefik.http."):
			case strings.HasSuffix(key, ".loadbalancer.server.port"):
				if text, why := im.text(n); why == "" {
					s.labelled, _ = strconv.Atoi(text)
					s.Carry(n, s.draft.Path("port"))
				}
			case strings.HasPrefix(key, "traefik.http.routers.") && strings.HasSuffix(key, ".rule"):
				im.rule(s, n)
			case strings.Contains(key, "middlewares"):
				s.Leave(n, "requests reach the app as they come: nothing changes them on the way", true)
			}
		}
	}
}

// term is one condition of a rule, such as PathPrefix(`/api`).
var term = lazyregexp.New("^(Host|Path|PathPrefix|Method)\\(\\s*[`\"']([^`\"'()]+)[`\"']\\s*\\)$")

// rule carries the requests that lead to a service.
func (im *importer) rule(s *service, n *source.Node) {
	d, to := s.draft, s.draft.Path("http.routes")
	text, why := im.text(n)
	var routes []string
	var hosts []string
	for _, alternative := range strings.Split(text, "||") {
		method, path, prefix := spec.Any, "", ""
		for _, part := range strings.Split(strings.Trim(strings.TrimSpace(alternative), "()"), "&&") {
			part = strings.TrimSpace(part)
			if strings.Count(part, "(") > strings.Count(part, ")") { // which trimming took
				part += ")"
			}
			m := term.FindStringSubmatch(part)
			switch {
			case m == nil:
				why = "is a rule that ambi does not read: write its routes"
			case m[1] == "Host":
				hosts = append(hosts, strings.ToLower(m[2]))
			case m[1] == "Method":
				method = strings.ToUpper(m[2])
			case m[1] == "Path":
				path = m[2]
			default:
				prefix = m[2]
			}
		}
		switch {
		case path != "" && plainPath.MatchString(path):
			routes = append(routes, method+" "+orRoot(path))
		case path == "" && (prefix == "" || plainPath.MatchString(prefix)):
			routes = append(routes, draft.Below(method, prefix)...)
		default:
			why = "is a rule that ambi does not read: write its routes"
		}
	}
	if why != "" {
		s.Leave(n, why, true)
		return
	}
	d.Exposed = true
	d.Add("http.routes", routes...)
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	switch domain, _ := d.Get("http.domain").(string); {
	case len(hosts) == 0:
	case len(validation.IsDNS1123Subdomain(hosts[0])) > 0:
		s.Approximate(n, to, "its host is no name of a domain: write http.domain", true)
		return
	case domain == "":
		d.Set("http.domain", hosts[0])
		fallthrough
	default:
		if domain != "" && domain != hosts[0] || len(hosts) > 1 {
			s.Approximate(n, d.Path("http.domain"), "a service has one domain", true)
			return
		}
	}
	s.Carry(n, to)
}

func orRoot(path string) string {
	if trimmed := strings.TrimRight(path, "/"); trimmed != "" {
		return trimmed
	}
	return "/"
}
