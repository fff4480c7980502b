package kubernetes

import (
	"maps"
	"slices"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/internal/mutation"
	"ambi/stacks/stacktest"
)

func TestMutants(t *testing.T) {
	graph := deploy(t, nil)
	mutant := func(name, typ string, edit func(r *stacktest.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *stacktest.Graph) { edit(g.One(t, typ, apiFacts.name())) })
	}
	// set puts a value into an object within a resource's inputs.
	set := func(name, typ, path, key string, value any) mutation.Mutant {
		return mutant(name, typ, func(r *stacktest.Resource) { object(t, r, path)[key] = value })
	}
	const (
		pod       = "spec.template.spec"
		container = pod + ".containers[name=api]"
	)
	sidecar := func(resources map[string]any) map[string]any {
		return map[string]any{"name": "proxy", "image": "registry.example.com/proxy:1", "resources": resources, "securityContext": map[string]any{
			"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}},
		}}
	}
	addContainer := func(name string, added map[string]any) mutation.Mutant {
		return mutant(name, deploymentType, func(r *stacktest.Resource) {
			spec := object(t, r, pod)
			spec["containers"] = append([]any{added}, spec["containers"].([]any)...)
		})
	}
	bare := sidecar(map[string]any{"requests": map[string]any{"cpu": "50m"}})
	delete(bare, "securityContext")

	mutation.Suite{
		Graph:  graph,
		Check:  func(t stacktest.T, g *stacktest.Graph) { checkAll(t, g, expected) },
		Tastes: mutation.KubernetesTastes(),
		Faults: []mutation.Mutant{
			set("replicas beside the autoscaler", deploymentType, "spec", "replicas", 3.0),
			mutant("autoscaler of another Deployment", autoscalerType, func(r *stacktest.Resource) {
				object(t, r, "spec.scaleTargetRef")["name"] = "thumbs-other"
				r.Needs["spec"] = []string{"urn:pulumi:test::project::kubernetes:apps/v1:Deployment::thumbs-other"}
			}),
			mutant("autoscaler of a name that is written out", autoscalerType, func(r *stacktest.Resource) { delete(r.Needs, "spec") }),
			set("Service selects other pods", serviceType, "spec.selector", "app.kubernetes.io/name", "thumbs-other"),
			set("Service selects by a label that the pods lack", serviceType, "spec.selector", "tier", "web"),
			mutation.Mutate(graph, "pods, and their Deployment with them, renamed behind the Service's back", func(g *stacktest.Graph) {
				deployment := g.One(t, deploymentType, apiFacts.name())
				object(t, deployment, "spec.selector.matchLabels")["app.kubernetes.io/name"] = "renamed"
				object(t, deployment, "spec.template.metadata.labels")["app.kubernetes.io/name"] = "renamed"
			}),
			mutation.Mutate(graph, "a version among the labels that select", func(g *stacktest.Graph) {
				deployment := g.One(t, deploymentType, apiFacts.name())
				object(t, deployment, "spec.selector.matchLabels")["app.kubernetes.io/version"] = "1.4.2"
				object(t, deployment, "spec.template.metadata.labels")["app.kubernetes.io/version"] = "1.4.2"
			}),
			mutation.Mutate(graph, "names left to Pulumi", func(g *stacktest.Graph) {
				for _, r := range inCluster(g) {
					delete(object(t, r, "metadata"), "name")
				}
			}),
			set("no surge", deploymentType, "spec.strategy.rollingUpdate", "maxSurge", "0%"),
			set("a probe of another path", deploymentType, container+".livenessProbe.httpGet", "path", "/"),
			set("a probe once an hour", deploymentType, container+".livenessProbe", "periodSeconds", 3600.0),
			set("CPU limit", deploymentType, container+".resources.limits", "cpu", "500m"),
			set("root", deploymentType, pod+".securityContext", "runAsUser", 0.0),
			set("the node's network", deploymentType, pod, "hostNetwork", true),
			set("privileged", deploymentType, container+".securityContext", "privileged", true),
			set("public address", serviceType, "spec", "type", "LoadBalancer"),
			set("targetPort by a number that nothing listens on", serviceType, "spec.ports[0]", "targetPort", 80.0),
			mutant("Deployment waits for its Service", deploymentType, func(r *stacktest.Resource) {
				r.Needs["spec"] = append(r.Needs["spec"], graph.One(t, serviceType, apiFacts.name()).URN)
			}),
			mutant("Deployment waits for its Service by DependsOn", deploymentType, func(r *stacktest.Resource) {
				r.Needs[""] = append(r.Needs[""], graph.One(t, serviceType, apiFacts.name()).URN)
			}),
			mutant("sleep by a shell", deploymentType, func(r *stacktest.Resource) {
				object(t, r, container+".lifecycle")["preStop"] = map[string]any{"exec": map[string]any{"command": []any{"sleep", "10"}}}
			}),
			mutant("configuration from a ConfigMap, which rolls nothing", deploymentType, func(r *stacktest.Resource) {
				variable := object(t, r, container+".env[name=LOG_LEVEL]")
				delete(variable, "value")
				variable["valueFrom"] = map[string]any{"configMapKeyRef": map[string]any{"name": "thumbs", "key": "log-level"}}
			}),
			mutant("secret's value in plain sight", deploymentType, func(r *stacktest.Resource) {
				variable := object(t, r, container+".env[name=API_KEY]")
				delete(variable, "valueFrom")
				variable["value"] = "hunter2"
			}),
			addContainer("sidecar without a CPU request", sidecar(map[string]any{"limits": map[string]any{"memory": "64Mi"}})),
			addContainer("sidecar with all rights", bare),
			mutant("every port open", policyType, func(r *stacktest.Resource) { delete(object(t, r, "spec.ingress[0]"), "ports") }),
			mutant("a second rule that opens everything", policyType, func(r *stacktest.Resource) {
				spec := object(t, r, "spec")
				spec["ingress"] = append(spec["ingress"].([]any), map[string]any{})
			}),
			mutant("open to the world", policyType, func(r *stacktest.Resource) { delete(object(t, r, "spec.ingress[0]"), "from") }),
			set("guards no pod", policyType, "spec.podSelector", "matchLabels", map[string]any{"app": "other"}),
			set("a drain waits for ever", budgetType, "spec", "minAvailable", 1.0),
			mutant("volume at /tmp of a disk", deploymentType, func(r *stacktest.Resource) {
				volume := object(t, r, pod+".volumes[name=tmp]")
				delete(volume, "emptyDir")
				volume["hostPath"] = map[string]any{"path": "/tmp"}
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("another user", deploymentType, func(r *stacktest.Resource) {
				user := object(t, r, pod+".securityContext")
				user["runAsUser"], user["runAsGroup"] = 1000.0, 1000.0
			}),
			set("a larger surge", deploymentType, "spec.strategy.rollingUpdate", "maxSurge", "100%"),
			set("a surge of one pod", deploymentType, "spec.strategy.rollingUpdate", "maxSurge", 1.0),
			set("more room for logs", deploymentType, container+".resources.requests", "ephemeral-storage", "1Gi"),
			set("slower probes", deploymentType, container, "livenessProbe", map[string]any{
				"httpGet": map[string]any{"path": "/healthz", "port": "http"}, "periodSeconds": 60.0, "timeoutSeconds": 10.0, "failureThreshold": 10.0,
			}),
			mutation.Mutate(graph, "labels and annotations", func(g *stacktest.Graph) {
				for _, r := range inCluster(g) {
					object(t, r, "metadata")["annotations"] = map[string]any{"example.com/owner": "pictures"}
					object(t, r, "metadata.labels")["team"] = "pictures"
				}
				object(t, g.One(t, deploymentType, apiFacts.name()), "spec.template.metadata")["annotations"] = map[string]any{"example.com/scrape": "true"}
				object(t, g.One(t, deploymentType, apiFacts.name()), "spec.template.metadata.labels")["team"] = "pictures"
			}),
			mutation.Mutate(graph, "another export", func(g *stacktest.Graph) { g.Exports.Inputs["namespace"] = apiFacts.namespace }),
			mutant("another variable, before the others", deploymentType, func(r *stacktest.Resource) {
				c := object(t, r, container)
				c["env"] = append([]any{map[string]any{"name": "FEATURE", "value": "on"}}, c["env"].([]any)...)
			}),
			addContainer("sidecar, before the app", sidecar(map[string]any{"requests": map[string]any{"cpu": "50m", "memory": "64Mi"}})),
			mutant("volumes of their own", deploymentType, func(r *stacktest.Resource) {
				spec, c := object(t, r, pod), object(t, r, container)
				spec["volumes"] = append([]any{map[string]any{"name": "cache", "emptyDir": map[string]any{}}}, spec["volumes"].([]any)...)
				c["volumeMounts"] = append([]any{map[string]any{"name": "cache", "mountPath": "/cache"}}, c["volumeMounts"].([]any)...)
			}),
			set("a bound on the volume at /tmp", deploymentType, pod+".volumes[name=tmp].emptyDir", "sizeLimit", "1Gi"),
			set("pull secrets", deploymentType, pod, "imagePullSecrets", []any{map[string]any{"name": "registry"}}),
			set("nodes of their own", deploymentType, pod, "nodeSelector", map[string]any{"pool": "pictures"}),
			set("another port of the container", deploymentType, container, "ports", []any{
				map[string]any{"name": "metrics", "containerPort": 9090.0}, map[string]any{"name": "http", "containerPort": 8080.0},
			}),
			set("another port of the Service", serviceType, "spec", "ports", []any{
				map[string]any{"name": "metrics", "port": 9090.0, "targetPort": "metrics"}, map[string]any{"name": "http", "port": 80.0, "targetPort": "http"},
			}),
			mutant("another metric to scale by", autoscalerType, func(r *stacktest.Resource) {
				spec := object(t, r, "spec")
				spec["metrics"] = append(spec["metrics"].([]any), map[string]any{"type": "Pods", "pods": map[string]any{}})
			}),
			set("a slower rollout", deploymentType, "spec", "minReadySeconds", 10.0),
			mutation.Mutate(graph, "resources of their own, of the same types", func(g *stacktest.Graph) {
				for _, r := range slices.Clone(g.Resources) {
					own := *r
					own.Name, own.URN, own.Inputs = "own-"+r.Name, r.URN+"-own", maps.Clone(r.Inputs)
					own.Inputs["metadata"] = map[string]any{"name": "their-own"}
					g.Resources = append([]*stacktest.Resource{&own}, g.Resources...)
				}
			}),
			{Name: "resources of their own, declared", Graph: stacktest.Run(t, withOwnResources, configuration(nil))},
		},
	}.Run(t)
}

// object finds an object within a resource's inputs.
func object(t *testing.T, r *stacktest.Resource, path string) map[string]any {
	t.Helper()
	found, ok := r.Input(path).(map[string]any)
	if !ok {
		t.Fatalf("%s has no object %s", r, path)
	}
	return found
}

// withOwnResources is the stack as a team extends it.
func withOwnResources(ctx *pulumi.Context) error {
	if err := Deploy(ctx); err != nil {
		return err
	}
	_, err := corev1.NewConfigMap(ctx, "dashboards", &corev1.ConfigMapArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: pulumi.String(apiFacts.namespace)},
		Data:     pulumi.StringMap{"dashboard": pulumi.String("")},
	})
	return err
}

// inCluster are the resources that are Kubernetes objects; the others are in AWS.
func inCluster(g *stacktest.Graph) []*stacktest.Resource {
	return slices.DeleteFunc(slices.Clone(g.Resources), func(r *stacktest.Resource) bool { return r.Inputs["metadata"] == nil })
}
