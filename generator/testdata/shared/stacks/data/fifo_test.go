package main

import "example.com/golden/stacks/stacktest"

// checkOrder holds a queue and its dead letters to keeping the order of groups, or not.
func checkOrder(t stacktest.T, g *stacktest.Graph, f queueFacts) {
	var fifo any
	if f.fifo {
		fifo = true
	}
	for _, name := range []string{f.title(), f.title() + "-dead-letters"} {
		queue := g.One(t, queueType, name)
		queue.Want(t, "fifoQueue", fifo, "app.yaml says so, and dead letters need a queue of the same kind")
		queue.Want(t, "contentBasedDeduplication", nil, "two messages with the same text within five minutes would be one")
	}
}
