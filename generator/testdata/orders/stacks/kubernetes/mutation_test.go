package kubernetes

import (
	"strings"
	"testing"

	"ambi/generator/testdata/orders/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			mutant("several messages of a group at once", configMapType, chargeFacts.name()+"-delivery", func(r *ours.Resource) {
				data, _ := r.Inputs["data"].(map[string]any)
				text, _ := data["bento.yaml"].(string)
				data["bento.yaml"] = strings.Replace(text, "max_number_of_messages: 1", "max_number_of_messages: 10", 1)
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("an annotation", deploymentType, chargeFacts.name(), func(r *ours.Resource) {
				r.Input("spec.template.metadata.annotations").(map[string]any)["team"] = "payments"
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
