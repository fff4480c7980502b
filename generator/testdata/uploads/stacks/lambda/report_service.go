package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:          "report",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   300,
	logRetentionDays: 30,
	events:           events{batch: 20, windowSeconds: 5, most: 100},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/jobs"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.paused = !s.active
	as, err := newRole(ctx, s, f,
		allow(actions{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, s.data.JobsQueue.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"API_URL": s.gateway.ApiEndpoint, // api answers there
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newEventSource(ctx, s, f, live, s.data.JobsQueue)
}
