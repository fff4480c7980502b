package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// loginFacts are what app.yaml says of the login service.
var loginFacts = facts{
	service:          "login",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"POST /sessions"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployLoginService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployLoginService(ctx *pulumi.Context, s *stack) error {
	f := s.services.login
	as, err := newRole(ctx, s, f,
		allow(actions{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.SessionsTable.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"SESSIONS_TABLE": s.data.SessionsTable.Name,
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
