package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// deployLegacyQueue passes on where the queue legacy is, which exists already.
func deployLegacyQueue(ctx *pulumi.Context, s *stack) error {
	exportQueue(ctx, "legacy", s.legacyQueueARN)
	return nil
}
