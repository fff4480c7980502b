package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// queueFacts are what app.yaml says of one queue. The rest of this file makes of them what
// every queue has.
type queueFacts struct {
	name              string // in app.yaml, which begins its exports: jobs in jobs.arn
	attempts          int    // deliveries before a message is a dead letter
	retentionSeconds  int    // that a message is kept
	visibilitySeconds int    // that a received message is hidden from other consumers
	fifo              bool   // the messages of a group are delivered in their order
}

// title is what the queue's resources are called in Pulumi. The queue's own name begins with it.
func (f queueFacts) title() string { return app + "-" + f.name }

// deadLetterSeconds is as long as SQS keeps anything, counted from when a message was sent to
// its first queue: longer than any queue's own retention.
const deadLetterSeconds = 14 * 24 * 3600

// newQueue declares a queue and the one of its dead letters, their alarms, and what the other
// stacks need to know. To bring dead letters back once what failed is mended:
//
//	aws sqs start-message-move-task --source-arn ARN
func newQueue(ctx *pulumi.Context, s *stack, f queueFacts) (*sqs.Queue, error) {
	deadLetters := f.title() + "-dead-letters"
	dead, err := sqs.NewQueue(ctx, deadLetters, &sqs.QueueArgs{
		MessageRetentionSeconds: pulumi.Int(deadLetterSeconds),
		SqsManagedSseEnabled:    pulumi.Bool(true), // with a key of its own S3 could not send
		Tags:                    tags(f.name),
		FifoQueue:               f.ordered(),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	queue, err := sqs.NewQueue(ctx, f.title(), &sqs.QueueArgs{
		MessageRetentionSeconds:  pulumi.Int(f.retentionSeconds),
		VisibilityTimeoutSeconds: pulumi.Int(f.visibilitySeconds),
		ReceiveWaitTimeSeconds:   pulumi.Int(20), // an empty queue answers late rather than often
		RedrivePolicy: pulumi.JSONMarshal(pulumi.Map{
			"deadLetterTargetArn": dead.Arn,
			"maxReceiveCount":     pulumi.Int(f.attempts),
		}),
		SqsManagedSseEnabled: pulumi.Bool(true),
		Tags:                 tags(f.name),
		FifoQueue:            f.ordered(),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	_, err = sqs.NewRedriveAllowPolicy(ctx, deadLetters, &sqs.RedriveAllowPolicyArgs{
		QueueUrl: dead.Url,
		RedriveAllowPolicy: pulumi.JSONMarshal(pulumi.Map{
			"redrivePermission": pulumi.String("byQueue"),
			"sourceQueueArns":   pulumi.Array{queue.Arn},
		}),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	ctx.Export(f.name+".url", queue.Url)
	ctx.Export(f.name+".arn", queue.Arn)
	ctx.Export(f.name+".deadLettersUrl", dead.Url)
	ctx.Export(f.name+".deadLettersArn", dead.Arn)
	return queue, watchQueue(ctx, s, f, queue, dead)
}
