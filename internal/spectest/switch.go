package spectest

import (
	"maps"
	"slices"
)

// switching asks for both targets at once, where there is a domain that both serve. What both
// targets accept is less: the internet must reach it, one thing must serve it, and a health check
// must be answered without a token.
func (g *generator) switching() {
	all := len(g.domains)
	maps.DeleteFunc(g.domains, func(_ string, services []string) bool {
		return slices.ContainsFunc(services, func(name string) bool { return g.only[slices.Index(g.names, name)] != "" })
	})
	accepted := len(g.domains) == all && len(g.names) == 1 && g.door != "ingress: {class: alb" && !g.guarded
	if len(g.domains) > 0 && (g.anything || accepted) && g.sometimes() {
		g.line(0, "switch: {}")
	}
}
