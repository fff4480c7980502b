package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// adaptedFacts are what app.yaml says of the adapted service.
var adaptedFacts = facts{
	service: "adapted",
	code: zip{
		path: "../app/build/adapted.zip",
		layers: []string{
			"arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:25",
		},
	},
	architecture:     "arm64",
	memoryMB:         2048,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /adapted/{path+}"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("3000"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/ready"),
	},
}

// deployAdaptedService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAdaptedService(ctx *pulumi.Context, s *stack) error {
	f := s.services.adapted
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
