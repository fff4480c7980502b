package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// plainFacts are what app.yaml says of the plain service.
var plainFacts = facts{
	service: "plain",
	code: zip{
		path:    "../app/build/plain.zip",
		adapter: "753240598075:layer:LambdaAdapterLayerX86:26", // as AWS publishes it
	},
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /plain"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployPlainService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployPlainService(ctx *pulumi.Context, s *stack) error {
	f := s.services.plain
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
