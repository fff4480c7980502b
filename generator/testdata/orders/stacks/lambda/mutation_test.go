package lambda

import (
	"testing"

	"ambi/generator/testdata/orders/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("a window that AWS refuses", eventSourceType, chargeFacts.name(), func(r *ours.Resource) { r.Inputs["maximumBatchingWindowInSeconds"] = 5.0 }),
			mutant("another queue", eventSourceType, importFacts.name(), func(r *ours.Resource) {
				r.Inputs["eventSourceArn"] = stacktest.DataOutputs["payments.arn"]
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("metrics of the event source", eventSourceType, chargeFacts.name(), func(r *ours.Resource) {
				r.Inputs["metricsConfig"] = map[string]any{"metrics": []any{"EventCount"}}
			}),
		},
	}.Run(t)
}

// export and adopt turn this project's graphs into those of ambi's own stacks, and back.
func export(g *stacktest.Graph) *ours.Graph {
	out := &ours.Graph{Exports: (*ours.Resource)(g.Exports), Read: g.Read}
	for _, r := range g.Resources {
		out.Resources = append(out.Resources, (*ours.Resource)(r))
	}
	return out
}

func adopt(g *ours.Graph) *stacktest.Graph {
	in := &stacktest.Graph{Exports: (*stacktest.Resource)(g.Exports), Read: g.Read}
	for _, r := range g.Resources {
		in.Resources = append(in.Resources, (*stacktest.Resource)(r))
	}
	return in
}
