package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// paymentsQueue is what app.yaml says of the queue payments.
var paymentsQueue = queueFacts{
	name:              "payments",
	attempts:          5,
	retentionSeconds:  345600,
	visibilitySeconds: 60, // six times what charge may take for a message, and its window
	fifo:              true,
}

// deployPaymentsQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployPaymentsQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, paymentsQueue)
	return err
}
