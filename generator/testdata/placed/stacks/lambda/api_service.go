package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:          "api",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/placed:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"POST /jobs"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	as, err := newRole(ctx, s, f,
		allow(actions{"sqs:SendMessage"}, s.data.JobsQueue.ARN),
		allow(actions{"sqs:SendMessage"}, s.data.MailsQueue.ARN),
		allow(actions{"sqs:SendMessage"}, s.data.ScansQueue.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"JOBS_QUEUE_URL":  s.data.JobsQueue.URL,
		"MAILS_QUEUE_URL": s.data.MailsQueue.URL,
		"SCANS_QUEUE_URL": s.data.ScansQueue.URL,
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	route, err := newIntegration(ctx, s, f, live)
	if err != nil {
		return err
	}
	return newRoutes(ctx, f.routes, route)
}
