package main

import (
	"testing"

	"ambi/generator/testdata/valkey/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(run(t, nil))
	mutant := func(name string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, cacheType, "quotes-cache")) })
	}
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expectations{keep: true}) },
		Faults: []mutation.Mutant{
			mutant("a bill without a bound", func(r *ours.Resource) { delete(r.Inputs, "cacheUsageLimits") }),
			mutant("another engine", func(r *ours.Resource) { r.Inputs["engine"] = "memcached" }),
			mutant("a group that anybody reaches", func(r *ours.Resource) { r.Inputs["securityGroupIds"] = []any{"sg-default"} }),
			mutation.Mutate(graph, "the other cache's address", func(g *ours.Graph) {
				g.Exports.Inputs["cache.host"] = g.Exports.Inputs["sessions.host"]
			}),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "another export", func(g *ours.Graph) { g.Exports.Inputs["cache.region"] = "here" }),
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
