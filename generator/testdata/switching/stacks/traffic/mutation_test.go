package main

import (
	"testing"

	"ambi/generator/testdata/switching/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(stacktest.Run(t, deploy, configuration(nil)))
	const (
		host   = "lambda.shop.example.com"
		shared = "shop.example.com-lambda"
	)
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	set := func(name, typ, resource, input string, value any) mutation.Mutant {
		return mutant(name, typ, resource, func(r *ours.Resource) { r.Inputs[input] = value })
	}
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), map[string]int{"lambda": 90, "kubernetes": 10}) },
		Tastes: []mutation.Taste{
			{Type: checkType, Path: "failureThreshold", Least: 1, Most: 10},
		},
		Faults: []mutation.Mutant{
			set("a check that asks either target", checkType, host, "fqdn", "shop.example.com"),
			set("a check of the connection alone", checkType, host, "type", "TCP"),
			set("a check without TLS", checkType, host, "port", 80.0),
			set("a check that is off", checkType, host, "disabled", true),
			set("traffic to what is down", checkType, host, "invertHealthcheck", true),
			set("one name for both records", recordType, shared, "setIdentifier", "kubernetes"),
			set("an alias beside a CNAME", recordType, shared, "type", "A"),
			set("the other target's host", recordType, shared, "records", []any{"kubernetes.shop.example.com"}),
			set("a health check of the other target", recordType, shared, "healthCheckId", graph.One(t, checkType, "kubernetes.shop.example.com").Output("id")),
			set("weights of the other stack's", recordType, shared, "weightedRoutingPolicies", []any{map[string]any{"weight": 10.0}}),
			set("answers that last for a day", recordType, shared, "ttl", 86_400.0),
			mutant("a target's own host that is shared out", recordType, host, func(r *ours.Resource) {
				r.Inputs["setIdentifier"], r.Inputs["weightedRoutingPolicies"] = "lambda", []any{map[string]any{"weight": 90.0}}
			}),
		},
		Harmless: []mutation.Mutant{
			set("answers for half a minute", recordType, shared, "ttl", 30.0),
			set("a faster check", checkType, host, "requestInterval", 10.0),
			mutant("tags", checkType, host, func(r *ours.Resource) { r.Inputs["tags"].(map[string]any)["team"] = "shop" }),
			mutation.Mutate(graph, "an export", func(g *ours.Graph) { g.Exports.Inputs["zone"] = zone }),
			mutation.Mutate(graph, "a record of a team's own", func(g *ours.Graph) {
				own := *g.One(t, recordType, host)
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
