package kubernetes

import (
	"testing"

	"ambi/generator/testdata/workers/stacks/stacktest"
	"ambi/internal/mutation"
	ambitest "ambi/stacks/stacktest"
)

// The emitted tests are held to services that nothing calls.
func TestMutants(t *testing.T) {
	graph := outward(deploy(t, nil))
	set := func(name, service, typ, path, key string, value any) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ambitest.Graph) { object(t, g.One(t, typ, app+"-"+service), path)[key] = value })
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ambitest.T, g *ambitest.Graph) { checkAll(t, inward(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			set("a probe of what answers none", "sync", deploymentType, "spec.template.spec.containers[0]", "livenessProbe", map[string]any{"tcpSocket": map[string]any{"port": 8080.0}}),
			set("a way in for the pods of the cluster", "sync", policyType, "spec", "ingress", []any{map[string]any{}}),
			set("a pod that waits for a load balancer", "index", deploymentType, "spec.template.spec.containers[0]", "lifecycle", map[string]any{"preStop": map[string]any{"sleep": map[string]any{"seconds": 10.0}}}),
			set("a variable in a word", "index", deploymentType, "spec.template.spec.containers[0]", "args", []any{"index", "--shard=$(SHARD)"}),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "annotations and labels of their own", func(g *ambitest.Graph) {
				for _, r := range g.Resources {
					if metadata, ok := r.Input("metadata").(map[string]any); ok {
						annotations, _ := metadata["annotations"].(map[string]any)
						if annotations == nil {
							annotations = map[string]any{}
						}
						annotations["example.com/owner"] = "feeds"
						metadata["annotations"] = annotations
						object(t, r, "metadata.labels")["team"] = "feeds"
					}
				}
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
