package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:          "report",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"),
	architecture:     "arm64",
	memoryMB:         443, // gives 250m of CPU
	timeoutSeconds:   600,
	logRetentionDays: 30,
	schedule: schedule{
		times:           "cron(15 4 * * ? *)",
		timeZone:        "UTC",
		input:           `{"id":"thumbs-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`,
		attempts:        2,
		eventAgeSeconds: 1680,
	},
	environment: pulumi.StringMap{
		"LOG_LEVEL":       pulumi.String("info"),
		"REQUEST_TIMEOUT": pulumi.String("599s"),
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.paused = !s.active
	dead, err := newDeadLetters(ctx, s, f)
	if err != nil {
		return err
	}
	as, err := newRole(ctx, s, f,
		allow(actions{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.ReportsTable.ARN),
		allow(actions{"s3:GetObject"}, s.data.ThumbnailsBucket.Objects("")),
		allow(actions{"s3:ListBucket"}, s.data.ThumbnailsBucket.ARN),
		allow(actions{"sqs:SendMessage"}, dead.Arn), // runs that failed for good
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"REPORTS_TABLE":     s.data.ReportsTable.Name,
		"THUMBNAILS_BUCKET": s.data.ThumbnailsBucket.Name,
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newSchedule(ctx, s, f, live, dead)
}
