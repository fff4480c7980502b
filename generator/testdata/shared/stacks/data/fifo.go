package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ordered has SQS deliver the messages of a group in their order; it says nothing of a queue
// without one. The queue's name then ends in .fifo, which Pulumi sees to. Who sends gives each
// message a group (MessageGroupId) and a name (MessageDeduplicationId): two messages with the
// same text are two, as contentBasedDeduplication would deny.
func (f queueFacts) ordered() pulumi.BoolPtrInput {
	if f.fifo {
		return pulumi.Bool(true)
	}
	return nil
}
