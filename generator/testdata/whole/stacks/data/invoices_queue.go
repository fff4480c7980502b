package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// invoicesQueue is what app.yaml says of the queue invoices.
var invoicesQueue = queueFacts{
	name:              "invoices",
	attempts:          5,
	retentionSeconds:  345600,
	visibilitySeconds: 60, // six times what invoice may take for a message, and its window
	fifo:              true,
}

// deployInvoicesQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployInvoicesQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, invoicesQueue)
	return err
}
