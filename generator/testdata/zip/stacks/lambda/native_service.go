package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// nativeFacts are what app.yaml says of the native service.
var nativeFacts = facts{
	service: "native",
	code: zip{
		path: "../app/build/native.zip",
	},
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 7,
	routes:           []string{"GET /native"},
}

// deployNativeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployNativeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.native
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
