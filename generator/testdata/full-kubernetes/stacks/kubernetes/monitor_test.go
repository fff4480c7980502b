package kubernetes

import "example.com/golden/stacks/stacktest"

// scrapedAt is the path where the app answers its metrics.
func scrapedAt(path string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		monitor := one(t, g, w, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "monitoring.coreos.com/v1", "ServiceMonitor")
		monitor.Want(t, "spec.selector", map[string]any{"matchLabels": w.matchLabels()}, "it finds the Service, and through it the pods, by these labels")
		monitor.Want(t, "spec.endpoints", []any{map[string]any{"port": "http", "path": path}}, "the app answers its metrics there")
	}
}
