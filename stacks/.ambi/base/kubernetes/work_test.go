package kubernetes

import "ambi/stacks/stacktest"

// resting is the number of pods of a service whose messages another stack takes.
func (w wanted) resting(s expectations) any {
	if w.queue != "" && w.rests(s) {
		return 0
	}
	return nil
}

// takesMessages holds pods that no request reaches to how they end.
func takesMessages(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
	deployment := g.One(t, deploymentType, w.name())
	deployment.Want(t, w.container("lifecycle"), nil, "no load balancer has to learn of its end")
	deployment.Want(t, "spec.template.spec.terminationGracePeriodSeconds", w.graceSeconds, "a message that was taken may take its time")
	if w.graceSeconds <= w.timeoutSeconds {
		t.Errorf("%s: gets %d s to end, and a message may take %d: it would be worked on twice", deployment, w.graceSeconds, w.timeoutSeconds)
	}
	var force any
	if w.rests(s) {
		force = "true"
	}
	deployment.Want(t, `metadata.annotations["pulumi.com/patchForce"]`, force, "what scales the pods owns their number, and Pulumi may take it to pause them")
}
