package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// tickFacts are what app.yaml says of the tick service, which no other target has.
var tickFacts = facts{
	service:          "tick",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/pinned:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	schedule: schedule{
		times:           "cron(0 4 * * ? *)",
		timeZone:        "UTC",
		input:           `{"id":"pinned-tick-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`,
		attempts:        3,
		eventAgeSeconds: 510,
	},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/events"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployTickService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployTickService(ctx *pulumi.Context, s *stack) error {
	f := s.services.tick
	dead, err := newDeadLetters(ctx, s, f)
	if err != nil {
		return err
	}
	as, err := newRole(ctx, s, f,
		allow(actions{"sqs:SendMessage"}, dead.Arn), // runs that failed for good
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newSchedule(ctx, s, f, live, dead)
}
