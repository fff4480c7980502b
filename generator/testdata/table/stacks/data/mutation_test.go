package main

import (
	"testing"

	"ambi/generator/testdata/table/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(run(t, nil))
	mutant := func(name, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, tableType, resource)) })
	}
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expectations{keep: true}) },
		Faults: []mutation.Mutant{
			mutant("anybody may delete it", "shop-orders", func(r *ours.Resource) { delete(r.Inputs, "deletionProtectionEnabled") }),
			mutant("items that go when nobody said so", "shop-sessions", func(r *ours.Resource) {
				r.Inputs["ttl"] = map[string]any{"attributeName": "expires", "enabled": true}
			}),
			mutant("a sort where there is none", "shop-sessions", func(r *ours.Resource) { r.Inputs["rangeKey"] = "at" }),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "another export", func(g *ours.Graph) { g.Exports.Inputs["table"] = "own" }),
			mutation.Mutate(graph, "a table of a team's own", func(g *ours.Graph) {
				own := *g.One(t, tableType, "shop-sessions")
				own.Name, own.URN = "own", own.URN+"-own"
				g.Resources = append(g.Resources, &own)
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
