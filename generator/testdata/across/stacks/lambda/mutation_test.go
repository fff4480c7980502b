package lambda

import (
	"strings"
	"testing"

	"ambi/generator/testdata/across/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to services that pods call, and to functions that call pods.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	variable := func(name, service, variable, value string) mutation.Mutant {
		return mutant(name, functionType, service, func(r *ours.Resource) {
			r.Input("environment.variables").(map[string]any)[variable] = value
		})
	}
	policy, _ := graph.One(t, policyType, webFacts.name()).Input("policy").(string)
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("a route for pods that is open to all", routeType, "POST /charges", func(r *ours.Resource) { r.Inputs["authorizationType"] = "NONE" }),
			mutant("a route for pods with a token that checks none", routeType, "GET /rates", func(r *ours.Resource) { r.Inputs["authorizationType"] = "NONE" }),
			mutation.Mutate(graph, "an API that pods do not find", func(g *ours.Graph) { delete(g.Exports.Inputs, "apiArn") }),
			variable("calls without TLS", webFacts.name(), "SEARCH_URL", "http://search.example.com"),
			variable("calls to another host", billingFacts.name(), "STOCK_URL", "https://search.example.com"),
			mutant("a right to call any route", policyType, webFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, "/$default/GET/charges/*", "/$default/*")
			}),
		},
		Harmless: []mutation.Mutant{
			variable("a variable of the team's own", webFacts.name(), "TEAM", "shop"),
		},
	}.Run(t)
}

// export and adopt turn this project's graphs into those of ambi's own stacks, and
// back.
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

// replaced is a text with a part of it changed, which must be there.
func replaced(t *testing.T, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%s is not in %s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}
