package kubernetes

import (
	"fmt"
	"slices"

	"example.com/golden/stacks/stacktest"
)

const httpRouteType = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"

// gatewayExpected is how a Gateway serves a service from outside; requests are a method, a type
// and a path each.
type gatewayExpected struct {
	gateway, namespace, host string
	requests                 [][3]string
	cors                     map[string]any
}

func servedByGateway(r gatewayExpected) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		front := g.One(t, serviceType, w.name())
		route := one(t, g, w, httpRouteType, "gateway.networking.k8s.io/v1", "HTTPRoute")
		parent := map[string]any{"name": r.gateway}
		if r.namespace != "" {
			parent["namespace"] = r.namespace
		}
		route.Want(t, "spec.parentRefs", []any{parent}, "this Gateway serves it, and no other")
		hosts := []string{r.host}
		if r.host != "" {
			route.Want(t, "spec.hostnames", hosts, "the Gateway serves other hosts too")
		}
		var rules []any
		for some := range slices.Chunk(r.requests, 8) {
			var kinds []any
			for _, request := range some {
				match := map[string]any{"path": map[string]any{"type": request[1], "value": request[2]}}
				if request[0] != "" {
					match["method"] = request[0]
				}
				kinds = append(kinds, match)
			}
			rule := map[string]any{
				"matches":     kinds,
				"backendRefs": []any{map[string]any{"name": front.Output("metadata.name"), "port": 80}},
				"timeouts":    map[string]any{"request": fmt.Sprintf("%ds", w.timeoutSeconds)},
			}
			if r.cors != nil {
				rule["filters"] = []any{map[string]any{"type": "CORS", "cors": r.cors}}
			}
			rules = append(rules, rule)
		}
		route.Want(t, "spec.rules", rules, "these requests reach the app, and no others; a rule takes 8 at most")
		if !slices.Contains(route.Needs["spec"], front.URN) {
			t.Errorf("%s: does not wait for %s: the Gateway answers 500 until there is one", route, front)
		}
	}
}
