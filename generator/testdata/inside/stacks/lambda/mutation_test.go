package lambda

import (
	"strings"
	"testing"

	"ambi/generator/testdata/inside/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to services that only others of the app may call.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	policy, _ := graph.One(t, policyType, webFacts.name()).Input("policy").(string)
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("an internal route that is open to all", routeType, "POST /charges", func(r *ours.Resource) { r.Inputs["authorizationType"] = "NONE" }),
			mutant("an internal route that says nothing", routeType, "GET /ledger", func(r *ours.Resource) { delete(r.Inputs, "authorizationType") }),
			mutant("a right to call any route", policyType, webFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, "/$default/GET/charges/*", "/$default/*")
			}),
			mutant("a right to do more than call", policyType, webFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, "execute-api:Invoke", "execute-api:*")
			}),
			mutant("a caller without the right", policyType, webFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, "execute-api:Invoke", "execute-api:InvalidateCache")
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("an alarm that somebody is told of twice", alarmType, webFacts.name()+"-errors", func(r *ours.Resource) {
				r.Inputs["okActions"] = []any{"arn:aws:sns:us-east-1:123456789012:else"}
			}),
		},
	}.Run(t)
}

// export and adopt turn this project's graphs into those of ambi's own stacks, and
// back.
func export(g *stacktest.Graph) *ours.Graph {
	out := &ours.Graph{Exports: (*ours.Resource)(g.Exports)}
	for _, r := range g.Resources {
		out.Resources = append(out.Resources, (*ours.Resource)(r))
	}
	return out
}

func adopt(g *ours.Graph) *stacktest.Graph {
	in := &stacktest.Graph{Exports: (*stacktest.Resource)(g.Exports)}
	for _, r := range g.Resources {
		in.Resources = append(in.Resources, (*stacktest.Resource)(r))
	}
	return in
}

// replaced is a text with a part of it changed, which must be there.
func replaced(t *testing.T, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%s is not in %s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}
