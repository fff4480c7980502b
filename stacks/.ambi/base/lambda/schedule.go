package lambda

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// schedule is when a function runs, and how often a run is tried.
type schedule struct {
	times           string // in the fields of EventBridge Scheduler, which are those of app.yaml and the year
	timeZone        string
	input           string // JSON; Scheduler puts the time of the run where <aws.scheduler.scheduled-time> stands
	attempts        int    // in all
	eventAgeSeconds int    // that Lambda keeps a run, with all its attempts
}

const (
	// lateSeconds is how late a run may be handed to Lambda; after that it is a dead letter.
	lateSeconds = 300
	// handoverAttempts is as often as Scheduler tries that: its own most, and time ends it.
	handoverAttempts = 185
	// deadLetterSeconds is as long as SQS keeps anything.
	deadLetterSeconds = 14 * 24 * 3600
)

// newDeadLetters declares the queue of the runs that failed for good, and its alarm. A run is
// there as Lambda describes it, or, where it never reached Lambda, as Scheduler would have
// sent it.
func newDeadLetters(ctx *pulumi.Context, s *stack, f facts) (*sqs.Queue, error) {
	name := f.name() + "-dead-letters"
	dead, err := sqs.NewQueue(ctx, name, &sqs.QueueArgs{
		MessageRetentionSeconds: pulumi.Int(deadLetterSeconds),
		SqsManagedSseEnabled:    pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	ctx.Export(f.service+".deadLettersUrl", dead.Url)
	return dead, alarm{
		name: name, description: "Runs failed at every attempt, or could not start.",
		namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", above: 0, periods: 1,
		dimensions: pulumi.StringMap{"QueueName": dead.Name},
	}.declare(ctx, s)
}

// newSchedule runs a function at set times, by its alias. Scheduler hands a run over and does
// not wait for its end: what becomes of one that fails then, Lambda is told for the alias.
func newSchedule(ctx *pulumi.Context, s *stack, f facts, live *awslambda.Alias, dead *sqs.Queue) error {
	_, err := awslambda.NewFunctionEventInvokeConfig(ctx, f.name(), &awslambda.FunctionEventInvokeConfigArgs{
		FunctionName:             live.FunctionName,
		Qualifier:                live.Name,
		MaximumRetryAttempts:     pulumi.Int(f.schedule.attempts - 1),
		MaximumEventAgeInSeconds: pulumi.Int(f.schedule.eventAgeSeconds),
		DestinationConfig: &awslambda.FunctionEventInvokeConfigDestinationConfigArgs{
			OnFailure: &awslambda.FunctionEventInvokeConfigDestinationConfigOnFailureArgs{Destination: dead.Arn},
		},
	})
	if err != nil {
		return err
	}
	role, policy, err := newScheduleRole(ctx, s, f, live, dead)
	if err != nil {
		return err
	}
	_, err = scheduler.NewSchedule(ctx, f.name(), &scheduler.ScheduleArgs{
		ScheduleExpression:         pulumi.String(f.schedule.times),
		ScheduleExpressionTimezone: pulumi.String(f.schedule.timeZone),
		FlexibleTimeWindow:         &scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
		State:                      pulumi.String(scheduleState(f)),
		Target: &scheduler.ScheduleTargetArgs{
			Arn:     live.Arn,
			RoleArn: role.Arn,
			Input:   pulumi.String(f.schedule.input),
			RetryPolicy: &scheduler.ScheduleTargetRetryPolicyArgs{
				MaximumEventAgeInSeconds: pulumi.Int(lateSeconds),
				MaximumRetryAttempts:     pulumi.Int(handoverAttempts),
			},
			DeadLetterConfig: &scheduler.ScheduleTargetDeadLetterConfigArgs{Arn: dead.Arn},
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the first run may be due at once
	return err
}

// scheduleState turns a schedule off whose runs another stack makes.
func scheduleState(f facts) string {
	if f.paused {
		return "DISABLED"
	}
	return "ENABLED"
}

// newScheduleRole declares the role that Scheduler acts as, for this account alone. It may
// invoke the alias, send to the dead letters, and nothing else.
func newScheduleRole(ctx *pulumi.Context, s *stack, f facts, live *awslambda.Alias, dead *sqs.Queue) (*iam.Role, *iam.RolePolicy, error) {
	name := f.name() + "-schedule"
	account := dead.Arn.ApplyT(func(arn string) string { return strings.SplitN(arn, ":", 6)[4] }).(pulumi.StringOutput)
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: policyOf(pulumi.Map{
			"Effect":    pulumi.String("Allow"),
			"Principal": pulumi.StringMap{"Service": pulumi.String("scheduler.amazonaws.com")},
			"Action":    pulumi.String("sts:AssumeRole"),
			"Condition": pulumi.Map{"StringEquals": pulumi.StringMap{"aws:SourceAccount": account}},
		}),
		PermissionsBoundary: s.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: policyOf(allow(actions{"lambda:InvokeFunction"}, live.Arn), allow(actions{"sqs:SendMessage"}, dead.Arn)),
	})
	return role, policy, err
}
