package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// When the alarms go off. They notify the topic that a stack's alarmTopicArn names; without
// it, they only show in CloudWatch.
const (
	alarmPeriodSeconds = 300
	serverErrors       = 5   // of the API in one period: a service's own 5xx answers count too
	slowPart           = 0.9 // of the timeout, which the slowest request in a hundred takes
	slowPeriods        = 3   // in a row: a single slow start should not page anyone
)

// alarm is what one alarm differs in from the others.
type alarm struct {
	name, description     string
	namespace, metric     string
	statistic, percentile string // one of them
	above                 float64
	periods               int
	dimensions, tags      pulumi.StringMap
}

// watchFunction declares the alarms of one function.
func watchFunction(ctx *pulumi.Context, s *stack, f facts, function *awslambda.Function) error {
	dimensions := pulumi.StringMap{"FunctionName": function.Name}
	for _, a := range []alarm{
		{
			name: f.name() + "-errors", description: "Invocations crashed or ran out of time.",
			namespace: "AWS/Lambda", metric: "Errors", statistic: "Sum", above: 0, periods: 1, dimensions: dimensions, tags: f.tags(),
		},
		{
			name: f.name() + "-throttles", description: "Lambda turned requests away: no concurrency was left.",
			namespace: "AWS/Lambda", metric: "Throttles", statistic: "Sum", above: 0, periods: 1, dimensions: dimensions, tags: f.tags(),
		},
		{
			name: f.name() + "-duration", description: "One request in a hundred takes almost as long as the timeout allows.",
			namespace: "AWS/Lambda", metric: "Duration", percentile: "p99", // in milliseconds
			above: slowPart * float64(f.timeoutSeconds) * 1000, periods: slowPeriods, dimensions: dimensions, tags: f.tags(),
		},
	} {
		if err := a.declare(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// watchGateway declares the alarm of the API.
func watchGateway(ctx *pulumi.Context, s *stack, gateway *apigatewayv2.Api) error {
	return alarm{
		name: app + "-5xx", description: "The API answers with 5xx.",
		namespace: "AWS/ApiGateway", metric: "5xx", statistic: "Sum", above: serverErrors, periods: 1,
		dimensions: pulumi.StringMap{"ApiId": gateway.ID()}, tags: shared(),
	}.declare(ctx, s)
}

func (a alarm) declare(ctx *pulumi.Context, s *stack) error {
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.description),
		Namespace:          pulumi.String(a.namespace),
		MetricName:         pulumi.String(a.metric),
		Dimensions:         a.dimensions,
		ComparisonOperator: pulumi.String("GreaterThanThreshold"),
		Threshold:          pulumi.Float64(a.above),
		Period:             pulumi.Int(alarmPeriodSeconds),
		EvaluationPeriods:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String("notBreaching"), // no requests is not a fault
		AlarmActions:       s.alarmTopics,
		Tags:               a.tags,
	}
	if a.percentile != "" {
		args.ExtendedStatistic = pulumi.String(a.percentile)
	} else {
		args.Statistic = pulumi.String(a.statistic)
	}
	_, err := cloudwatch.NewMetricAlarm(ctx, a.name, args)
	return err
}
