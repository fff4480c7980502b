package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// loadTestFacts are what app.yaml says of the load-test service.
var loadTestFacts = facts{
	service:          "load-test",
	code:             image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/load-test:2.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes: []string{
		"POST /runs",
		"GET /runs/{id}",
	},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
		"BACKTICK":                     pulumi.String("a`b"),
		"BRACES":                       pulumi.String("{{.App}} ${HOME} %s %d"),
		"DOLLARS":                      pulumi.String("^$(TOKEN)$ $$ROOT"),
		"LINES":                        pulumi.String("one\ntwo\ttabbed"),
		"QUOTES":                       pulumi.String("\"; panic(\"no\") //"),
		"RIGHT_TO_LEFT":                pulumi.String("\u202egnp.exe\u200f"),
	},
}

// deployLoadTestService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployLoadTestService(ctx *pulumi.Context, s *stack) error {
	f := s.services.loadTest
	as, err := newRole(ctx, s, f,
		readSecrets(s.secrets.many3rdParty, s.secrets.database),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"DATABASE_PASSWORD_SECRET": keyOf(s.secrets.database, "password"),
		"DATABASE_URL_SECRET":      keyOf(s.secrets.database, "url"),
		"TOKEN_SECRET":             keyOf(s.secrets.many3rdParty, "token.v1"),
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
