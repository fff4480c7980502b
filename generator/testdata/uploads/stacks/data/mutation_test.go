package main

import (
	"strings"
	"testing"

	"ambi/generator/testdata/uploads/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this program's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	declared := run(t, nil)
	graph := export(declared)
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	policy, _ := graph.One(t, queuePolicyType, "thumbs-resize-uploads").Input("policy").(string)
	const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
	mutation.Suite{
		Graph: graph,
		Check: func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expectations{keep: true}) },
		Tastes: []mutation.Taste{
			{Type: alarm, Name: "-late", Path: "threshold", Least: 0, Most: 172_800},
			{Type: alarm, Path: "evaluationPeriods", Least: 1, Most: 24},
			{Type: alarm, Path: "period", Least: 60, Most: 3600},
			{Type: queueType, Path: "receiveWaitTimeSeconds", Least: 1, Most: 20},
		},
		Faults: []mutation.Mutant{
			mutant("any bucket may send", queuePolicyType, "thumbs-resize-uploads", func(r *ours.Resource) {
				r.Inputs["policy"] = strings.Replace(policy, `"ArnEquals"`, `"ArnNotEquals"`, 1)
			}),
			mutant("anybody may send", queuePolicyType, "thumbs-resize-uploads", func(r *ours.Resource) {
				r.Inputs["policy"] = strings.Replace(policy, `{"Service":"s3.amazonaws.com"}`, `"*"`, 1)
			}),
			mutant("messages are lost after three attempts", queueType, "thumbs-jobs", func(r *ours.Resource) {
				text, _ := r.Inputs["redrivePolicy"].(string)
				r.Inputs["redrivePolicy"] = strings.Replace(text, "8", "3", 1)
			}),
			mutant("messages come back while they are worked on", queueType, "thumbs-resize-uploads", func(r *ours.Resource) {
				r.Inputs["visibilityTimeoutSeconds"] = 30.0
			}),
			mutant("dead letters are gone with their queue's messages", queueType, "thumbs-jobs-dead-letters", func(r *ours.Resource) {
				r.Inputs["messageRetentionSeconds"] = 172_800.0
			}),
			mutant("an alarm that never goes off", alarm, "thumbs-jobs-dead-letters", func(r *ours.Resource) { r.Inputs["threshold"] = 1e6 }),
			mutation.Mutate(graph, "a second notification of the bucket", func(g *ours.Graph) {
				own := *g.One(t, notificationType, "thumbs-originals")
				own.Name, own.URN = "own", own.URN+"-own"
				g.Resources = append(g.Resources, &own)
			}),
		},
		Harmless: []mutation.Mutant{
			mutation.Mutate(graph, "another export", func(g *ours.Graph) { g.Exports.Inputs["bucket"] = "own" }),
			mutation.Mutate(graph, "a bucket of a team's own", func(g *ours.Graph) {
				own := *g.One(t, bucketType, "thumbs-thumbnails")
				own.Name, own.URN = "own", own.URN+"-own"
				g.Resources = append(g.Resources, &own)
			}),
		},
	}.Run(t)
}

// Protection is an option of a resource and no input: each resource that is kept is tried
// without it.
func TestUnprotected(t *testing.T) {
	unprotected := run(t, map[string]string{"protect": "false"})
	for i, r := range run(t, nil).Resources {
		if !r.Request.GetProtect() {
			continue
		}
		g := run(t, nil)
		g.Resources[i].Request = unprotected.Resources[i].Request
		var told stacktest.Complaints
		if checkAll(&told, g, expectations{keep: true}); len(told) != 1 {
			t.Errorf("without the protection of %s: the checks say %q, want one message", r, told)
		}
	}
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
