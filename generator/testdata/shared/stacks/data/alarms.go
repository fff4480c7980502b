package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// When the alarms go off. They notify the topic that a stack's alarmTopicArn names; without
// it, they only show in CloudWatch.
const (
	alarmPeriodSeconds = 300
	lateSeconds        = 900 // that a message may wait, beside what one attempt takes
	latePeriods        = 3   // in a row: a burst of messages should not page anyone
)

// watchQueue declares the alarms of a queue.
func watchQueue(ctx *pulumi.Context, s *stack, f queueFacts, queue, dead *sqs.Queue) error {
	for _, a := range []struct {
		name, description, metric string
		of                        *sqs.Queue
		above, periods            int
	}{
		{"-late", "Messages wait: the consumer has stopped, or is too slow.", "ApproximateAgeOfOldestMessage", queue, f.visibilitySeconds + lateSeconds, latePeriods},
		{"-dead-letters", "Messages failed at every attempt.", "ApproximateNumberOfMessagesVisible", dead, 0, 1},
	} {
		_, err := cloudwatch.NewMetricAlarm(ctx, f.title()+a.name, &cloudwatch.MetricAlarmArgs{
			AlarmDescription:   pulumi.String(a.description),
			Namespace:          pulumi.String("AWS/SQS"),
			MetricName:         pulumi.String(a.metric),
			Dimensions:         pulumi.StringMap{"QueueName": a.of.Name},
			Statistic:          pulumi.String("Maximum"),
			ComparisonOperator: pulumi.String("GreaterThanThreshold"),
			Threshold:          pulumi.Float64(a.above),
			Period:             pulumi.Int(alarmPeriodSeconds),
			EvaluationPeriods:  pulumi.Int(a.periods),
			TreatMissingData:   pulumi.String("notBreaching"), // SQS measures nothing while a queue is idle
			AlarmActions:       s.alarmTopics,
			Tags:               tags(f.name),
		}, s.kept())
		if err != nil {
			return err
		}
	}
	return nil
}
