package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// mailFacts are what app.yaml says of the mail service.
var mailFacts = facts{
	service:          "mail",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	events:           events{batch: 5, windowSeconds: 2, most: 100},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/events"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployMailService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployMailService(ctx *pulumi.Context, s *stack) error {
	f := s.services.mail
	f.paused = !s.active
	as, err := newRole(ctx, s, f,
		allow(actions{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, s.data.CartsTable.ARN),
		allow(actions{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, s.data.MailsQueue.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"CARTS_TABLE": s.data.CartsTable.Name,
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newEventSource(ctx, s, f, live, s.data.MailsQueue)
}
