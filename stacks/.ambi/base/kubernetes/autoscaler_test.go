package kubernetes

import "ambi/stacks/stacktest"

const autoscalerType = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"

func checkAutoscaler(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, deploymentType, w.name())
	autoscaler := one(t, g, w, autoscalerType, "autoscaling/v2", "HorizontalPodAutoscaler") // v1 knows CPU only, and no behavior
	autoscaler.Want(t, "spec.scaleTargetRef.apiVersion", "apps/v1", "the API server refuses an autoscaler without it, a preview does not")
	autoscaler.Want(t, "spec.scaleTargetRef.kind", "Deployment", "it is what the autoscaler scales")
	autoscaler.Want(t, "spec.scaleTargetRef.name", deployment.Output("metadata.name"), "it is what the autoscaler scales", deployment)
	autoscaler.Want(t, "spec.minReplicas", w.scale.min, "fewer pods never run")
	autoscaler.Want(t, "spec.maxReplicas", w.scale.max, "more pods never run")
	if w.scale.min < 1 {
		t.Errorf("%s: an autoscaler cannot scale to %d pods", autoscaler, w.scale.min)
	}
	checkBehavior(t, autoscaler, "spec.behavior")
}
