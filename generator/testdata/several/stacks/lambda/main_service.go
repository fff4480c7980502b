package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// mainFacts are what app.yaml says of the main service.
var mainFacts = facts{
	service:          "main",
	code:             image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/main@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployMainService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployMainService(ctx *pulumi.Context, s *stack) error {
	f := s.services.main
	as, err := newRole(ctx, s, f)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
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
