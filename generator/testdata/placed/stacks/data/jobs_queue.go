package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// jobsQueue is what app.yaml says of the queue jobs.
var jobsQueue = queueFacts{
	name:              "jobs",
	attempts:          5,
	retentionSeconds:  345600,
	visibilitySeconds: 60, // six times what work may take for a message, and its window
}

// deployJobsQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployJobsQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, jobsQueue)
	return err
}
