package lambda

import (
	"strings"
	"testing"

	"ambi/generator/testdata/uploads/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	function := graph.One(t, functionType, resizeFacts.name())
	resize, _ := graph.One(t, policyType, resizeFacts.name()).Input("policy").(string)
	api, _ := graph.One(t, policyType, apiFacts.name()).Input("policy").(string)
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("events for the function instead of the alias", eventSourceType, resizeFacts.name(), func(r *ours.Resource) {
				r.Inputs["functionName"], r.Needs["functionName"] = function.Output("arn"), []string{function.URN}
			}),
			mutant("a filter that nothing passes", eventSourceType, resizeFacts.name(), func(r *ours.Resource) {
				r.Inputs["filterCriteria"] = map[string]any{"filters": []any{map[string]any{"pattern": `{"body":{"Records":{"eventSource":["aws:sqs"]}}}`}}}
			}),
			mutant("a filter on a queue's own messages", eventSourceType, reportFacts.name(), func(r *ours.Resource) {
				r.Inputs["filterCriteria"] = map[string]any{"filters": []any{map[string]any{"pattern": `{"body":{"kind":["daily"]}}`}}}
			}),
			mutant("a large batch without a window", eventSourceType, reportFacts.name(), func(r *ours.Resource) { delete(r.Inputs, "maximumBatchingWindowInSeconds") }),
			mutant("a function that takes messages in its own name", eventSourceType, resizeFacts.name(), func(r *ours.Resource) { r.Inputs["eventSourceArn"] = "arn:aws:sqs:us-east-1:123456789012:own" }),
			mutant("all of a bucket instead of a prefix", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = strings.ReplaceAll(api, "/incoming/*", "/*")
			}),
			mutant("listings of the whole bucket", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = strings.Replace(api, `"s3:prefix":["incoming/*"]`, `"s3:prefix":["*"]`, 1)
			}),
			mutant("every queue", policyType, resizeFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = strings.Replace(resize, `"arn:aws:sqs:us-east-1:123456789012:thumbs-resize-uploads-fake"`, `"*"`, 1)
			}),
			mutation.Mutate(graph, "another data stack", func(g *ours.Graph) { g.Read = nil }),
		},
		Harmless: []mutation.Mutant{
			mutant("another variable", functionType, resizeFacts.name(), func(r *ours.Resource) {
				environment, _ := r.Inputs["environment"].(map[string]any)
				variables, _ := environment["variables"].(map[string]any)
				variables["FEATURE"] = "on"
			}),
			mutant("metrics of the event source", eventSourceType, resizeFacts.name(), func(r *ours.Resource) {
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
