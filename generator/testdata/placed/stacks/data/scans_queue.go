package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// scansQueue is what app.yaml says of the queue scans.
var scansQueue = queueFacts{
	name:              "scans",
	attempts:          5,
	retentionSeconds:  345600,
	visibilitySeconds: 7200, // six times what scan may take for a message, and its window
}

// deployScansQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployScansQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, scansQueue)
	return err
}
