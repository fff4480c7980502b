package kubernetes

import "example.com/golden/stacks/stacktest"

func checkAverage(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	follows, _ := w.scale.metric.(average)
	g.One(t, autoscalerType, w.name()).Want(t, "spec.metrics[type=Pods].pods", map[string]any{
		"metric": map[string]any{"name": follows.metric}, "target": map[string]any{"type": "AverageValue", "averageValue": follows.target},
	}, "it decides how many pods run")
}
