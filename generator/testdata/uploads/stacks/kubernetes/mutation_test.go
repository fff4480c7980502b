package kubernetes

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
	config := func(name, old, with string) mutation.Mutant {
		return mutant(name, configMapType, resizeFacts.name()+"-delivery", func(r *ours.Resource) {
			data, _ := r.Inputs["data"].(map[string]any)
			text, _ := data["bento.yaml"].(string)
			if !strings.Contains(text, old) {
				t.Fatalf("%s is not in %s", old, text)
			}
			data["bento.yaml"] = strings.Replace(text, old, with, 1)
		})
	}
	pod := func(r *ours.Resource) map[string]any { return r.Input("spec.template.spec").(map[string]any) }
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			config("what failed is deleted", "if errored() { this } else if", "if"),
			config("what failed comes back at once", "reset_visibility: false", "reset_visibility: true"),
			config("what is worked on comes back", "update_visibility: false", "update_visibility: true"),
			config("test events reach the app", `"s3:TestEvent"`, `"s3:Test"`),
			config("a message is posted twice", "retries: 0", "retries: 3"),
			config("what is worked on is cut off", "shutdown_timeout: 70s", "shutdown_timeout: 20s"),
			mutant("the app beside the delivery, and not before it", deploymentType, resizeFacts.name(), func(r *ours.Resource) {
				spec := pod(r)
				spec["containers"] = append(spec["containers"].([]any), spec["initContainers"].([]any)...)
				delete(spec, "initContainers")
			}),
			mutant("an app that must end before the delivery starts", deploymentType, resizeFacts.name(), func(r *ours.Resource) {
				delete(pod(r)["initContainers"].([]any)[0].(map[string]any), "restartPolicy")
			}),
			mutant("KEDA counts as the app", counterType, resizeFacts.name()+"-trigger", func(r *ours.Resource) {
				r.Inputs["spec"].(map[string]any)["podIdentity"] = map[string]any{"provider": "aws", "identityOwner": "workload"}
			}),
			mutant("the last pod goes at its work", queueScalerType, resizeFacts.name(), func(r *ours.Resource) {
				trigger := r.Input("spec.triggers[0].metadata").(map[string]any)
				trigger["scaleOnInFlight"] = "false"
			}),
			mutant("anybody may call it", policyType, resizeFacts.name(), func(r *ours.Resource) {
				r.Inputs["spec"].(map[string]any)["ingress"] = []any{map[string]any{}}
			}),
			mutation.Mutate(graph, "another data stack", func(g *ours.Graph) { g.Read = nil }),
		},
		Harmless: []mutation.Mutant{
			mutant("another variable", deploymentType, resizeFacts.name(), func(r *ours.Resource) {
				app := pod(r)["initContainers"].([]any)[0].(map[string]any)
				app["env"] = append(app["env"].([]any), map[string]any{"name": "FEATURE", "value": "on"})
			}),
			mutant("an annotation", deploymentType, resizeFacts.name(), func(r *ours.Resource) {
				r.Input("spec.template.metadata.annotations").(map[string]any)["team"] = "pictures"
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
