package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// sweepFacts are what app.yaml says of the sweep service.
var sweepFacts = facts{
	service:          "sweep",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	schedule: schedule{
		times:           "cron(30 2 * * ? *)",
		timeZone:        "America/New_York",
		input:           `{"id":"nightly-sweep-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`,
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

// deploySweepService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deploySweepService(ctx *pulumi.Context, s *stack) error {
	f := s.services.sweep
	f.paused = !s.active
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
