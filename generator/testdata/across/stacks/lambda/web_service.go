package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:          "web",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
		"SEARCH_URL":                   pulumi.String("https://search.example.com"),
	},
}

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
	as, err := newRole(ctx, s, f,
		s.mayInvoke(s.services.billing),
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"BILLING_URL": s.gateway.ApiEndpoint, // billing answers there
	})
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
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
