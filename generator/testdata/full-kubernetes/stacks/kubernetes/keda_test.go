package kubernetes

import "example.com/golden/stacks/stacktest"

const scaledObjectType = "kubernetes:keda.sh/v1alpha1:ScaledObject"

// KEDA scales the service in the autoscaler's place.
func checkScaledObject(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, deploymentType, w.name())
	scaled := one(t, g, w, scaledObjectType, "keda.sh/v1alpha1", "ScaledObject")
	for _, r := range g.Resources {
		if r.Type == "kubernetes:autoscaling/v2:HorizontalPodAutoscaler" && r.Name == w.name() {
			t.Errorf("%s: KEDA makes one of its own, and the two would conflict", r)
		}
	}
	scaled.Want(t, "spec.scaleTargetRef", map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment.Output("metadata.name")}, "it is what KEDA scales", deployment)
	scaled.Want(t, "spec.minReplicaCount", w.scale.min, "fewer pods never run")
	scaled.Want(t, "spec.maxReplicaCount", w.scale.max, "more pods never run")
	within(t, scaled, "spec.pollingInterval", 1, 300, "a first request waits for as long")
	within(t, scaled, "spec.cooldownPeriod", 0, 86400, "the last pod stays for as long without requests")
	scaled.Want(t, "spec.triggers", []any{map[string]any{"type": "prometheus", "metadata": map[string]any{
		"serverAddress": w.trigger.prometheus, "query": w.trigger.query, "threshold": w.trigger.threshold,
	}}}, "it decides how many pods run")
	checkBehavior(t, scaled, "spec.advanced.horizontalPodAutoscalerConfig.behavior")
}
