package kubernetes

import (
	"slices"

	"example.com/golden/stacks/stacktest"
)

// admits is who alone may connect to a service: each caller by a NetworkPolicy of its own,
// which is there before the caller's pods are and before others are kept out.
func admits(callers ...string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		for _, service := range callers {
			from := s.find(t, service)
			policy := g.One(t, policyType, w.name()+".from."+from.name())
			policy.Want(t, "metadata.name", w.name()+".from."+from.name()+"."+from.namespace, "a caller that moves is let in anew while the old way in is still there")
			checkObject(t, policy, w, "networking.k8s.io/v1", "NetworkPolicy")
			policy.Want(t, "spec", map[string]any{
				"podSelector": map[string]any{"matchLabels": w.matchLabels()},
				"policyTypes": []string{"Ingress"},
				"ingress": []any{map[string]any{
					"ports": []any{map[string]any{"protocol": "TCP", "port": "http"}},
					"from": []any{map[string]any{
						"namespaceSelector": map[string]any{"matchLabels": map[string]string{"kubernetes.io/metadata.name": from.namespace}},
						"podSelector":       map[string]any{"matchLabels": from.matchLabels()},
					}},
				}},
			}, "the services that need it call it, and nothing else")
			if own := g.One(t, policyType, w.name()); !slices.Contains(own.Needs[""], policy.URN) {
				t.Errorf("%s: does not wait for %s: it would keep the caller out until then", own, policy)
			}
			if pods := g.One(t, deploymentType, from.name()); !slices.Contains(pods.Needs[""], policy.URN) {
				t.Errorf("%s: does not wait for %s: its pods would be kept out until then", pods, policy)
			}
		}
	}
}

// closed is a service that its own policy lets nothing in to.
func closed(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	policy := g.One(t, policyType, w.name())
	if rules, _ := policy.Input("spec.ingress").([]any); len(rules) > 0 {
		t.Errorf("%s: lets %v in, want nothing: each caller has a policy of its own", policy, policy.Input("spec.ingress"))
	}
}
