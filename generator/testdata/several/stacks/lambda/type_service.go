package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// typeFacts are what app.yaml says of the type service.
var typeFacts = facts{
	service:          "type",
	code:             image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/type:2.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /type"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployTypeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployTypeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.typeService
	as, err := newRole(ctx, s, f)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.ImageConfig = &awslambda.FunctionImageConfigArgs{ // instead of the image's own
		EntryPoints: pulumi.ToStringArray([]string{"/bin/type-server"}),
		Commands: pulumi.ToStringArray([]string{
			"--token=$(TOKEN)",
			"$$",
			"it's `quoted` \"twice\"",
			"two\nlines",
			"",
			"{{.App}} %s",
			"8080",
		}),
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
