package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:          "report",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   300,
	logRetentionDays: 30,
	schedule: schedule{
		times:           "cron(0 6 ? * MON-FRI *)",
		timeZone:        "Europe/Berlin",
		input:           `{"id":"nightly-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":{"kind":"daily"}}`,
		attempts:        2,
		eventAgeSeconds: 1080,
	},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/reports"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
		"LOG_LEVEL":                    pulumi.String("info"),
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
		allow(actions{"ses:SendEmail"}, pulumi.String("arn:aws:ses:us-east-1:123456789012:identity/example.com")),
		allow(actions{"sqs:SendMessage"}, dead.Arn), // runs that failed for good
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.ImageConfig = &awslambda.FunctionImageConfigArgs{ // instead of the image's own
		EntryPoints: pulumi.ToStringArray([]string{"/app"}),
		Commands:    pulumi.ToStringArray([]string{"report"}),
	}
	function.Environment = environment(f.environment, pulumi.StringMap{
		"API_URL": s.gateway.ApiEndpoint, // api answers there
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newSchedule(ctx, s, f, live, dead)
}
