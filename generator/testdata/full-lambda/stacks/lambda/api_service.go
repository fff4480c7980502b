package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:          "api",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/full:1"),
	architecture:     "x86_64",
	memoryMB:         1024,
	timeoutSeconds:   20,
	logRetentionDays: 30,
	routes: []string{
		"ANY /",
		"ANY /items/{id}",
		"GET /items",
	},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
		"LOG_LEVEL":                    pulumi.String("info"),
	},
	reserved:    40,
	provisioned: 3,
	preflights: []string{
		"OPTIONS /",
		"OPTIONS /items/{id}",
		"OPTIONS /items",
	},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	as, err := newRole(ctx, s, f,
		readSecrets(s.secrets.apiKey, s.secrets.database),
		allow(actions{"s3:PutObject", "s3:GetObject"}, pulumi.String("arn:aws:s3:::full-originals/*")),
		// Why not less: S3 lists buckets on no other resource
		allow(actions{"s3:ListAllMyBuckets"}, pulumi.String("*")),
		allow(sendTraces, pulumi.String("*")),                 // X-Ray has no resources that a policy could name
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"API_KEY_SECRET": keyOf(s.secrets.apiKey, "value"),
		"AUDIT_LOG_URL":  s.gateway.ApiEndpoint, // audit-log answers there
		"DB_URL_SECRET":  keyOf(s.secrets.database, "url"),
	})
	function.TracingConfig = &awslambda.FunctionTracingConfigArgs{Mode: pulumi.String("Active")}
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
	}
	function.ReservedConcurrentExecutions = pulumi.Int(f.reserved)
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	if err = keepWarm(ctx, f, live); err != nil {
		return err
	}
	route, err := newIntegration(ctx, s, f, live)
	if err != nil {
		return err
	}
	if err = newRoutes(ctx, f.preflights, route); err != nil {
		return err
	}
	return newRoutes(ctx, f.routes, guardedBy(s.authorizers.login, route))
}
