package kubernetes

import (
	"strings"

	"example.com/golden/stacks/stacktest"
)

// ordered holds the delivery to one message a receive: SQS holds the rest of its group back
// until that one is deleted or shown again.
func ordered(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	config := g.One(t, configMapType, w.name()+"-delivery")
	if text, _ := config.Input(`data["bento.yaml"]`).(string); !strings.Contains(text, "max_number_of_messages: 1\n") {
		t.Errorf("%s: takes several messages at once: when one of a group fails, those after it would be worked on before it comes back", config)
	}
}
