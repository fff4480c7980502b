package kubernetes

import (
	"slices"

	"example.com/golden/stacks/stacktest"
)

const securityPolicyType = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy"

// checksTokens is the issuer, with where its keys are, whose tokens let a request through that
// are for one of the audiences.
func checksTokens(issuer, keys string, audience ...string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		policy, route := one(t, g, w, securityPolicyType, "gateway.envoyproxy.io/v1alpha1", "SecurityPolicy"), g.One(t, httpRouteType, w.name())
		policy.Want(t, "spec.targetRefs", []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": route.Input("metadata.name")}},
			"tokens are only checked on the route it names")
		policy.Want(t, "spec.jwt.optional", nil, "a request without a token would pass")
		policy.Want(t, "spec.jwt.failOpen", nil, "a request with a bad token would pass")
		policy.Want(t, "spec.jwt.providers", []any{map[string]any{
			"name": "issuer", "issuer": issuer, "audiences": audience, "remoteJWKS": map[string]any{"uri": keys},
			"extractFrom": map[string]any{"headers": []any{map[string]any{"name": "Authorization", "valuePrefix": "Bearer "}}},
		}}, "these tokens are good, and no others")
		if !slices.Contains(route.Needs[""], policy.URN) {
			t.Errorf("%s: does not wait for %s: requests without a token would pass until there is one", route, policy)
		}
	}
}
