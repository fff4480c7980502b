package main

import (
	"testing"

	"ambi/generator/testdata/orders/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(run(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expectations{keep: true}) },
		Tastes: []mutation.Taste{
			{Type: alarm, Name: "-late", Path: "threshold", Least: 0, Most: 345_600},
			{Type: alarm, Path: "evaluationPeriods", Least: 1, Most: 24},
			{Type: alarm, Path: "period", Least: 60, Most: 3600},
			{Type: queueType, Path: "receiveWaitTimeSeconds", Least: 1, Most: 20},
		},
		Faults: []mutation.Mutant{
			mutant("messages in no order", queueType, "orders-payments", func(r *ours.Resource) { delete(r.Inputs, "fifoQueue") }),
			mutant("dead letters that AWS refuses", queueType, "orders-payments-dead-letters", func(r *ours.Resource) { delete(r.Inputs, "fifoQueue") }),
			mutant("two messages with the same text are one", queueType, "orders-payments", func(r *ours.Resource) { r.Inputs["contentBasedDeduplication"] = true }),
			mutation.Mutate(graph, "the queue of somebody else", func(g *ours.Graph) {
				g.Exports.Inputs["legacy.arn"] = "arn:aws:sqs:us-east-1:123456789012:other"
			}),
			mutation.Mutate(graph, "a bucket by its ARN", func(g *ours.Graph) { g.Exports.Inputs["archive.name"] = configuration["archive.arn"] }),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "another export", func(g *ours.Graph) { g.Exports.Inputs["bucket"] = "own" }),
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
