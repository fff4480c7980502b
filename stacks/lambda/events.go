package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/stacks/datastack"
)

// events are how messages of a queue start a function.
type events struct {
	batch         int // the most messages of one invocation
	windowSeconds int // that Lambda gathers a batch for; 0 to start at once
	most          int // invocations at once
}

// newEventSource has the messages of a queue start a function, by its alias. The function
// says which messages of a batch failed; those come back once the queue shows them again, and
// the queue, not the function, has the dead letters. Only messages that match a filter count.
func newEventSource(ctx *pulumi.Context, s *stack, f facts, live *awslambda.Alias, from datastack.Queue, only ...*awslambda.EventSourceMappingFilterCriteriaArgs) error {
	source := &awslambda.EventSourceMappingArgs{
		EventSourceArn:        from.ARN,
		FunctionName:          live.Arn,
		Enabled:               pulumi.Bool(!f.paused),
		BatchSize:             pulumi.Int(f.events.batch),
		FunctionResponseTypes: pulumi.StringArray{pulumi.String("ReportBatchItemFailures")},
		// Reserved concurrency instead would throttle, and each throttled receive counts as an attempt.
		ScalingConfig: &awslambda.EventSourceMappingScalingConfigArgs{MaximumConcurrency: pulumi.Int(f.events.most)},
		Tags:          f.tags(),
	}
	if f.events.windowSeconds > 0 {
		source.MaximumBatchingWindowInSeconds = pulumi.Int(f.events.windowSeconds)
	}
	for _, criteria := range only {
		source.FilterCriteria = criteria
	}
	_, err := awslambda.NewEventSourceMapping(ctx, f.name(), source)
	return err
}
