package main

import (
	"testing"

	"ambi/generator/testdata/postgres/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(run(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expectations{keep: true}) },
		Faults: []mutation.Mutant{
			mutant("anybody may delete it", instanceType, "books-ledger", func(r *ours.Resource) { delete(r.Inputs, "deletionProtection") }),
			mutant("a password in the state", instanceType, "books-ledger", func(r *ours.Resource) {
				delete(r.Inputs, "manageMasterUserPassword")
				r.Inputs["password"] = "hunter2"
			}),
			mutant("no snapshot at the end", clusterType, "books-reading", func(r *ours.Resource) { r.Inputs["skipFinalSnapshot"] = true }),
			mutant("connections in plain text", clusterParameterGroupType, "books-reading", func(r *ours.Resource) { r.Inputs["parameters"] = []any{} }),
			mutation.Mutate(graph, "another database's group", func(g *ours.Graph) {
				g.Exports.Inputs["reading.group"] = g.Exports.Inputs["ledger.group"]
			}),
			mutation.Mutate(graph, "a password where its secret was", func(g *ours.Graph) { g.Exports.Inputs["archive.secret"] = "hunter2" }),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "another export", func(g *ours.Graph) { g.Exports.Inputs["database"] = "own" }),
			mutation.Mutate(graph, "a subnet group of a team's own", func(g *ours.Graph) {
				own := *g.One(t, subnetGroupType, "books-ledger")
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
