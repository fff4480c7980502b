package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// jobsQueue is what app.yaml says of the queue jobs.
var jobsQueue = queueFacts{
	name:              "jobs",
	attempts:          8,
	retentionSeconds:  172800,
	visibilitySeconds: 1805, // six times what report may take for a message, and its window
}

// deployJobsQueue declares the queue and its dead letters. Change a part here for this queue
// alone, or in queue.go for every one.
func deployJobsQueue(ctx *pulumi.Context, s *stack) error {
	_, err := newQueue(ctx, s, jobsQueue)
	return err
}
