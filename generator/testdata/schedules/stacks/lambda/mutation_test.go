package lambda

import (
	"strings"
	"testing"

	"ambi/generator/testdata/schedules/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to functions that run at set times.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	report := reportFacts.name()
	function := graph.One(t, functionType, report)
	rights, _ := graph.One(t, policyType, report+"-schedule").Input("policy").(string)
	trust, _ := graph.One(t, roleType, report+"-schedule").Input("assumeRolePolicy").(string)
	own, _ := graph.One(t, policyType, report).Input("policy").(string)
	target := func(r *ours.Resource) map[string]any { return r.Inputs["target"].(map[string]any) }
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("runs of the function instead of the alias", scheduleType, report, func(r *ours.Resource) { target(r)["arn"] = function.Output("arn") }),
			mutant("runs within a window", scheduleType, report, func(r *ours.Resource) {
				r.Inputs["flexibleTimeWindow"] = map[string]any{"mode": "FLEXIBLE", "maximumWindowInMinutes": 15.0}
			}),
			mutant("an id for each attempt", scheduleType, report, func(r *ours.Resource) {
				target(r)["input"] = strings.Replace(target(r)["input"].(string), "nightly-report-<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>", 1)
			}),
			mutant("runs that are lost unseen", scheduleType, report, func(r *ours.Resource) { delete(target(r), "deadLetterConfig") }),
			mutant("a right to invoke any function", policyType, report+"-schedule", func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, rights, "fake:aws:lambda/alias:Alias:nightly-report.arn", "*")
			}),
			mutant("a right to do more than invoke", policyType, report+"-schedule", func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, rights, "lambda:InvokeFunction", "lambda:*")
			}),
			mutant("schedules of any account", roleType, report+"-schedule", func(r *ours.Resource) {
				r.Inputs["assumeRolePolicy"] = replaced(t, trust, "aws:SourceAccount", "aws:PrincipalOrgID")
			}),
			mutant("runs that fail and may not be kept", policyType, report, func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, own, "sqs:SendMessage", "sqs:ReceiveMessage")
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("a group of schedules", scheduleType, report, func(r *ours.Resource) { r.Inputs["groupName"] = "reports" }),
			mutant("a description", scheduleType, report, func(r *ours.Resource) { r.Inputs["description"] = "The daily report." }),
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
