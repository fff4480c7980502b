package kubernetes

import (
	"testing"

	"ambi/stacks/stacktest"
)

// active is whether the stack takes messages.
func active(s expectations) bool {
	if set := s.config["active"]; set != "" {
		return set == "true"
	}
	return stacktest.DataOutputs["consumer"] == "kubernetes"
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
