package kubernetes

import "example.com/golden/stacks/stacktest"

func checkUtilization(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment, autoscaler := g.One(t, deploymentType, w.name()), g.One(t, autoscalerType, w.name())
	follows, _ := w.scale.metric.(utilization)
	autoscaler.Want(t, "spec.metrics[type=Resource].resource", map[string]any{
		"name": follows.resource, "target": map[string]any{"type": "Utilization", "averageUtilization": follows.percent},
	}, "it decides how many pods run")
	for _, container := range containers(deployment) {
		if deployment.Input(container+".resources.requests."+follows.resource) == nil {
			t.Errorf("%s: %s requests no %s: the autoscaler cannot measure pods with such a container, and does nothing", deployment, container, follows.resource)
		}
	}
}
