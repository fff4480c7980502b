package lambda

import "example.com/golden/stacks/stacktest"

// ordered holds the event source of a FIFO queue to what AWS takes of one.
func ordered(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	source := g.One(t, eventSourceType, w.name())
	source.Want(t, "maximumBatchingWindowInSeconds", nil, "AWS takes no window for a FIFO queue")
	if w.events.batch > 10 {
		t.Errorf("%s: a batch of %d: AWS takes no more than 10 of a FIFO queue", source, w.events.batch)
	}
}
