package kubernetes

import (
	"testing"

	"ambi/stacks/stacktest"
)

// resting is the number of pods of a service whose messages another stack takes.
func (w wanted) resting(s expectations) any {
	if w.queue != "" && !active(s) {
		return 0
	}
	return nil
}

// active is whether the stack takes messages.
func active(s expectations) bool {
	if set := s.config["active"]; set != "" {
		return set == "true"
	}
	return stacktest.DataOutputs["consumer"] == "kubernetes"
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
	if !active(s) {
		force = "true"
	}
	deployment.Want(t, `metadata.annotations["pulumi.com/patchForce"]`, force, "what scales the pods owns their number, and Pulumi may take it to pause them")
}

// Of the targets whose stacks are deployed, the one that the data stack's consumer names
// takes messages, unless a stack's active says otherwise.
func TestConsumer(t *testing.T) {
	was := stacktest.DataOutputs["consumer"]
	defer func() { stacktest.DataOutputs["consumer"] = was }()
	for _, consumer := range []string{"lambda", "kubernetes"} {
		stacktest.DataOutputs["consumer"] = consumer
		for _, setting := range []string{"", "true", "false"} {
			changed := map[string]string{"active": setting}
			checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
		}
	}
}
