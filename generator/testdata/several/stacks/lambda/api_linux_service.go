package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// apiLinuxFacts are what app.yaml says of the api-linux service.
var apiLinuxFacts = facts{
	service:          "api-linux",
	code:             image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/api:2.0.0"),
	architecture:     "x86_64",
	memoryMB:         287,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"ANY /api/{path+}"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployAPILinuxService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAPILinuxService(ctx *pulumi.Context, s *stack) error {
	f := s.services.apiLinux
	as, err := newRole(ctx, s, f,
		readSecrets(s.secrets.database),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"DATABASE_URL_SECRET": keyOf(s.secrets.database, "url"),
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
