package kubernetes

import "example.com/golden/stacks/stacktest"

// runsOn is the architecture of the nodes that the pods need.
func runsOn(architecture string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		g.One(t, deploymentType, w.name()).Want(t, `spec.template.spec.nodeSelector["kubernetes.io/arch"]`, architecture, "the image does not start on other nodes")
	}
}
