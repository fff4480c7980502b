package kubernetes

import (
	"testing"

	"ambi/generator/testdata/inside/stacks/stacktest"
	"ambi/internal/mutation"
	ambitest "ambi/stacks/stacktest"
)

// The emitted tests are held to what few services have: pods that need more than most, and
// services that only others of the app call.
func TestMutants(t *testing.T) {
	graph := outward(deploy(t, nil))
	mutant := func(name, service, typ string, edit func(r *ambitest.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ambitest.Graph) { edit(g.One(t, typ, app+"-"+service)) })
	}
	set := func(name, service, typ, path, key string, value any) mutation.Mutant {
		return mutant(name, service, typ, func(r *ambitest.Resource) { object(t, r, path)[key] = value })
	}
	const pod, container = "spec.template.spec", "spec.template.spec.containers[name=billing]"
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ambitest.T, g *ambitest.Graph) { checkAll(t, inward(g), expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			set("a start that the probe ends", "billing", deploymentType, container+".startupProbe", "failureThreshold", 30.0),
			set("a user of root's", "billing", deploymentType, pod+".securityContext", "runAsUser", 0.0),
			mutant("a port that the user may not listen on", "billing", deploymentType, func(r *ambitest.Resource) {
				delete(object(t, r, pod+".securityContext"), "sysctls")
			}),
			set("nodes that the image is not for", "billing", deploymentType, pod+".nodeSelector", "kubernetes.io/arch", "amd64"),
			set("files that the app cannot write to", "billing", deploymentType, container+".securityContext", "readOnlyRootFilesystem", true),
			set("files that the app can write to", "web", deploymentType, "spec.template.spec.containers[name=web].securityContext", "readOnlyRootFilesystem", false),
			set("an internal service that every pod of a namespace may call", "ledger.from.inside-web", policyType, "spec.ingress[0].from[0]", "podSelector", map[string]any{}),
		},
		Harmless: []mutation.Mutant{
			set("an app that gets longer to start", "billing", deploymentType, container+".startupProbe", "failureThreshold", 300.0),
			set("another user", "billing", deploymentType, pod+".securityContext", "runAsUser", 2000.0),
			set("nodes of a kind", "billing", deploymentType, pod+".nodeSelector", "example.com/pool", "spot"),
		},
	}.Run(t)
}

// outward and inward carry a graph between this project's stacktest and ambi's own,
// which are the same text in two packages.
func outward(g *stacktest.Graph) *ambitest.Graph {
	exports := ambitest.Resource(*g.Exports)
	other := &ambitest.Graph{Exports: &exports}
	for _, r := range g.Resources {
		copied := ambitest.Resource(*r)
		other.Resources = append(other.Resources, &copied)
	}
	return other
}

func inward(g *ambitest.Graph) *stacktest.Graph {
	exports := stacktest.Resource(*g.Exports)
	other := &stacktest.Graph{Exports: &exports}
	for _, r := range g.Resources {
		copied := stacktest.Resource(*r)
		other.Resources = append(other.Resources, &copied)
	}
	return other
}

// object finds an object within a resource's inputs.
func object(t *testing.T, r *ambitest.Resource, path string) map[string]any {
	t.Helper()
	found, ok := r.Input(path).(map[string]any)
	if !ok {
		t.Fatalf("%s has no object %s", r, path)
	}
	return found
}
