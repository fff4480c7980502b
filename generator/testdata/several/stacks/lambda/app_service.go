package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// appFacts are what app.yaml says of the app service.
var appFacts = facts{
	service:          "app",
	code:             image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/app:2.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /app"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployAppService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAppService(ctx *pulumi.Context, s *stack) error {
	f := s.services.app
	as, err := newRole(ctx, s, f)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.ImageConfig = &awslambda.FunctionImageConfigArgs{ // instead of the image's own
		Commands: pulumi.ToStringArray([]string{"serve"}),
	}
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
