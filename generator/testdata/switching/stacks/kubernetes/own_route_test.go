package kubernetes

import "example.com/golden/stacks/stacktest"

// ignoredByExternalDNS holds an object to leaving its hosts to the traffic stack.
func ignoredByExternalDNS(t stacktest.T, r *stacktest.Resource) {
	for _, name := range []string{"external-dns.alpha.kubernetes.io/controller", "external-dns.kubernetes.io/controller"} {
		r.Want(t, `metadata.annotations["`+name+`"]`, "none", "external-dns would delete the records of the traffic stack")
	}
}

func checkHealthRoute(t stacktest.T, g *stacktest.Graph, w wanted, r gatewayExpected, parent map[string]any) {
	front, route := g.One(t, serviceType, w.name()), g.One(t, httpRouteType, w.name()+"-health")
	ignoredByExternalDNS(t, route)
	route.Want(t, "metadata.name", w.name()+"-health", "two routes need two names")
	route.Want(t, "spec.parentRefs", []any{parent}, "the Gateway that serves the app is asked")
	route.Want(t, "spec.hostnames", []string{r.ownHost}, "only this target answers there")
	route.Want(t, "spec.rules", []any{map[string]any{
		"matches":     []any{map[string]any{"method": "GET", "path": map[string]any{"type": "Exact", "value": r.health}}},
		"backendRefs": []any{map[string]any{"name": front.Output("metadata.name"), "port": 80}},
	}}, "health checks ask the app, and reach nothing else by this route", front)
}
