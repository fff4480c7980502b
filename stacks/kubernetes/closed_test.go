package kubernetes

import "ambi/stacks/stacktest"

func acceptsNothing(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	policy := g.One(t, policyType, w.name())
	if rules, _ := policy.Input("spec.ingress").([]any); len(rules) > 0 {
		t.Errorf("%s: lets %v in, and nothing calls the pods", policy, rules)
	}
}
