package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// resizeUploadsQueue is what app.yaml says of the queue resize-uploads.
var resizeUploadsQueue = queueFacts{
	name:              "resize-uploads",
	attempts:          5,
	retentionSeconds:  345600,
	visibilitySeconds: 360, // six times what resize may take for a message, and its window
}

// deployResizeUploadsQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployResizeUploadsQueue(ctx *pulumi.Context, s *stack) error {
	queue, err := newQueue(ctx, s, resizeUploadsQueue)
	s.resizeUploadsQueue = queue
	return err
}
