package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ratesFacts are what app.yaml says of the rates service, which no other target has.
var ratesFacts = facts{
	service:          "rates",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /rates"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployRatesService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployRatesService(ctx *pulumi.Context, s *stack) error {
	f := s.services.rates
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
	return newRoutes(ctx, f.routes, guardedBy(s.authorizers.login, route))
}
