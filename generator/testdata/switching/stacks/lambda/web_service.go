package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:          "web",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/moving:1"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /web/{path+}"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
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
