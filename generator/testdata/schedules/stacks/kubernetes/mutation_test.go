package kubernetes

import (
	"strings"
	"testing"

	"ambi/generator/testdata/schedules/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to CronJobs.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	report := reportFacts.name()
	spec := func(r *ours.Resource, path string) map[string]any { return r.Input(path).(map[string]any) }
	const pod = "spec.jobTemplate.spec.template.spec"
	script := func(name, old, with string) mutation.Mutant {
		return mutant(name, cronJobType, report, func(r *ours.Resource) {
			command := r.Input(pod + ".containers[name=run].command").([]any)
			text := command[2].(string)
			if !strings.Contains(text, old) {
				t.Fatalf("%s is not in %s", old, text)
			}
			command[2] = strings.Replace(text, old, with, 1)
		})
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			mutant("the controller's time zone", cronJobType, report, func(r *ours.Resource) { delete(spec(r, "spec"), "timeZone") }),
			mutant("a CronJob that stops for good", cronJobType, report, func(r *ours.Resource) { delete(spec(r, "spec"), "startingDeadlineSeconds") }),
			mutant("two runs at once", cronJobType, report, func(r *ours.Resource) { spec(r, "spec")["concurrencyPolicy"] = "Allow" }),
			mutant("six attempts more", cronJobType, report, func(r *ours.Resource) { delete(spec(r, "spec.jobTemplate.spec"), "backoffLimit") }),
			mutant("a pod that never starts", cronJobType, report, func(r *ours.Resource) { delete(spec(r, "spec.jobTemplate.spec"), "activeDeadlineSeconds") }),
			mutant("attempts that nobody counts", cronJobType, report, func(r *ours.Resource) { spec(r, pod)["restartPolicy"] = "OnFailure" }),
			mutant("an app that must end before its run starts", cronJobType, report, func(r *ours.Resource) {
				delete(spec(r, pod)["initContainers"].([]any)[0].(map[string]any), "restartPolicy")
			}),
			mutant("an app that outlives its run", cronJobType, report, func(r *ours.Resource) {
				p := spec(r, pod)
				p["containers"] = append(p["containers"].([]any), p["initContainers"].([]any)...)
				delete(p, "initContainers")
			}),
			mutant("anybody may call it", policyType, report, func(r *ours.Resource) { spec(r, "spec")["ingress"] = []any{map[string]any{}} }),
			script("a failure that counts as success", "--fail-with-body", "--silent"),
			script("attempts of curl's own", "--silent", "--silent --retry 3"),
		},
		Harmless: []mutation.Mutant{
			mutant("an annotation", cronJobType, report, func(r *ours.Resource) {
				spec(r, "spec.jobTemplate.spec.template.metadata.annotations")["team"] = "pictures"
			}),
			mutant("a longer history", cronJobType, report, func(r *ours.Resource) { spec(r, "spec")["failedJobsHistoryLimit"] = 10.0 }),
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
