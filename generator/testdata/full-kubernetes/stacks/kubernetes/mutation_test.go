package kubernetes

import (
	"testing"

	"ambi/generator/testdata/full-kubernetes/stacks/stacktest"
	"ambi/internal/mutation"
	ambitest "ambi/stacks/stacktest"
)

// The emitted tests are held to every feature at once; stacks/kubernetes holds
// them to the example.
func TestMutants(t *testing.T) {
	graph := outward(deploy(t, nil))
	mutant := func(name, service, typ string, edit func(r *ambitest.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ambitest.Graph) { edit(g.One(t, typ, app+"-"+service)) })
	}
	set := func(name, service, typ, path, key string, value any) mutation.Mutant {
		return mutant(name, service, typ, func(r *ambitest.Resource) { object(t, r, path)[key] = value })
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ambitest.T, g *ambitest.Graph) { checkAll(t, inward(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			set("a service that others need, open to the cluster", "orders", policyType, "spec.ingress[0]", "from", []any{map[string]any{"namespaceSelector": map[string]any{}}}),
			set("a way in for every pod of a namespace", "orders.from.shop-web", policyType, "spec.ingress[0].from[0]", "podSelector", map[string]any{}),
			mutation.Mutate(graph, "an autoscaler beside KEDA's", func(g *ambitest.Graph) {
				own := *g.One(t, autoscalerType, mailerFacts.name())
				own.Name, own.URN = ordersFacts.name(), own.URN+"-orders"
				g.Resources = append(g.Resources, &own)
			}),
			set("KEDA's pods counted by the Deployment", "orders", deploymentType, "spec", "replicas", 1.0),
			mutant("plain HTTP", "web", ingressType, func(r *ambitest.Resource) { delete(object(t, r, "spec"), "tls") }),
			set("CORS with nginx's own headers", "web", ingressType, "metadata.annotations", "nginx.ingress.kubernetes.io/cors-allow-headers", "*"),
			mutant("no way in for preflight requests", "api", httpRouteType, func(r *ambitest.Resource) {
				rule := object(t, r, "spec.rules[0]")
				rule["matches"] = rule["matches"].([]any)[:4]
			}),
			set("another origin's pages", "api", httpRouteType, "spec.rules[0].filters[0].cors", "allowOrigins", []any{"https://example.org"}),
			set("the metric of another adapter", "api", autoscalerType, "spec.metrics[0]", "type", "External"),
			mutant("a role for the whole cluster", "orders", roleType, func(r *ambitest.Resource) {
				r.Inputs["assumeRolePolicy"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/TEST"},"Action":["sts:AssumeRoleWithWebIdentity"]}]}`
			}),
			mutant("a right too many", "api", rolePolicyType, func(r *ambitest.Resource) {
				r.Inputs["policy"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}`
			}),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "annotations and labels of their own", func(g *ambitest.Graph) {
				for _, r := range g.Resources {
					if metadata, ok := r.Input("metadata").(map[string]any); ok {
						annotations, _ := metadata["annotations"].(map[string]any)
						if annotations == nil {
							annotations = map[string]any{}
						}
						annotations["example.com/owner"] = "shop"
						metadata["annotations"] = annotations
						object(t, r, "metadata.labels")["team"] = "shop"
					}
				}
			}),
			mutation.Mutate(graph, "tags of their own", func(g *ambitest.Graph) {
				for _, typ := range []string{roleType, associationType} {
					tags, _ := g.One(t, typ, apiFacts.name()).Inputs["tags"].(map[string]any)
					tags["team"] = "shop"
				}
			}),
			mutant("another pull secret", "web", deploymentType, func(r *ambitest.Resource) {
				pod := object(t, r, "spec.template.spec")
				pod["imagePullSecrets"] = append([]any{map[string]any{"name": "third"}}, pod["imagePullSecrets"].([]any)...)
			}),
		},
	}.Run(t)
}

// outward and inward carry a graph between this project's stacktest and ambi's own,
// which are the same text in two packages.
func outward(g *stacktest.Graph) *ambitest.Graph {
	exports := ambitest.Resource(*g.Exports)
	other := &ambitest.Graph{Exports: &exports}
	for _, r := range g.Resources {
		copied := ambitest.Resource(*r)
		other.Resources = append(other.Resources, &copied)
	}
	return other
}

func inward(g *ambitest.Graph) *stacktest.Graph {
	exports := stacktest.Resource(*g.Exports)
	other := &stacktest.Graph{Exports: &exports}
	for _, r := range g.Resources {
		copied := stacktest.Resource(*r)
		other.Resources = append(other.Resources, &copied)
	}
	return other
}

// object finds an object within a resource's inputs.
func object(t *testing.T, r *ambitest.Resource, path string) map[string]any {
	t.Helper()
	found, ok := r.Input(path).(map[string]any)
	if !ok {
		t.Fatalf("%s has no object %s", r, path)
	}
	return found
}
