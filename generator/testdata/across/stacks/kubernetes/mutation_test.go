package kubernetes

import (
	"strings"
	"testing"

	"ambi/generator/testdata/across/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants holds the emitted tests to pods that call services on Lambda.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	rights := func(name, service, old, with string) mutation.Mutant {
		return mutant(name, rolePolicyType, service, func(r *ours.Resource) {
			r.Inputs["policy"] = replaced(t, r.Input("policy").(string), old, with)
		})
	}
	elsewhere := func(name, typ, resource, container, variable string) mutation.Mutant {
		return mutant(name, typ, resource, func(r *ours.Resource) {
			r.Input(container + ".env[name=" + variable + "]").(map[string]any)["value"] = "https://across.example.com"
		})
	}
	web, settle, search := webFacts.name(), settleFacts.name(), searchFacts.name()
	const pod, run = "spec.template.spec.containers[name=", "spec.jobTemplate.spec.template.spec.initContainers[name="
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			rights("a right to call any route", web, "/$default/GET/charges/*", "/$default/*"),
			rights("a right to call any API", web, ":a1b2c3d4e5/", ":*/"),
			rights("a right to do more than call", web, "execute-api:Invoke", "execute-api:*"),
			rights("a caller without the right", settle, "execute-api:Invoke", "execute-api:InvalidateCache"),
			elsewhere("calls by a name that DNS leads anywhere", deploymentType, web, pod+"web]", "BILLING_URL"),
			elsewhere("a token for strangers", deploymentType, search, pod+"search]", "RATES_URL"),
			elsewhere("a run that calls another host", cronJobType, settle, run+"settle]", "BILLING_URL"),
		},
		Harmless: []mutation.Mutant{
			mutant("a variable of the team's own", deploymentType, web, func(r *ours.Resource) {
				container := r.Input(pod + "web]").(map[string]any)
				container["env"] = append(container["env"].([]any), map[string]any{"name": "TEAM", "value": "shop"})
			}),
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
