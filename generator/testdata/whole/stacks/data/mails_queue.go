package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// mailsQueue is what app.yaml says of the queue mails.
var mailsQueue = queueFacts{
	name:              "mails",
	attempts:          6,
	retentionSeconds:  345600,
	visibilitySeconds: 62, // six times what mail may take for a message, and its window
}

// deployMailsQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployMailsQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, mailsQueue)
	return err
}
