package lambda

import (
	"testing"

	"ambi/generator/testdata/placed/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to a stack that is not active: it starts what no other
// target has, and nothing else.
func TestMutants(t *testing.T) {
	changed := map[string]string{"active": "false"}
	graph, inactive := export(deploy(t, changed)), expectations{expected.services, configuration(changed)}
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), inactive) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("messages that no stack takes", eventSourceType, mailFacts.name(), func(r *ours.Resource) { r.Inputs["enabled"] = false }),
			mutant("messages that two stacks take", eventSourceType, workFacts.name(), func(r *ours.Resource) { r.Inputs["enabled"] = true }),
			mutant("a schedule that no stack runs", scheduleType, sweepFacts.name(), func(r *ours.Resource) { r.Inputs["state"] = "DISABLED" }),
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
