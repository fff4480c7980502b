package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// The api service, as app.yaml describes it.
const (
	apiName             = app + "-api"
	apiImage            = "123456789012.dkr.ecr.us-east-1.amazonaws.com/full:1"
	apiArchitecture     = "x86_64"
	apiMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	apiTimeoutSeconds   = 20
	apiLogRetentionDays = 30
	apiProvisioned      = 3  // environments that are kept warm, and paid for
	apiReserved         = 40 // of the account's concurrency; the function never has more
)

// apiRoutes are the API's route keys that this service answers, for callers
// with a token.
var apiRoutes = []string{
	"ANY /",
	"ANY /items/{id}",
	"GET /items",
}

// apiPreflights take no token. Browsers send none with the OPTIONS request
// that they ask permission by, and ANY would answer it with 401.
var apiPreflights = []string{
	"OPTIONS /",
	"OPTIONS /items/{id}",
	"OPTIONS /items",
}

// apiSettings is what a stack may change: pulumi config set api.memory 1Gi.
type apiSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
	provisioned      int
	reserved         int
}

func readAPIConfiguration(read *settings.Settings) apiSettings {
	api := apiSettings{
		image:            read.ECRImage("api.image", apiImage),
		memoryMB:         read.MemoryMiB("api.memory", apiMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("api.logRetentionDays", apiLogRetentionDays, logRetentionChoices),
		provisioned:      read.Int("api.provisioned", apiProvisioned, 1, 1000),
		reserved:         read.Int("api.reserved", apiReserved, 1, 1_000_000),
	}
	read.AtMost("api.provisioned", api.provisioned, "api.reserved", api.reserved)
	return api
}

// deployAPIService declares the function with what it needs, and routes requests to it.
func deployAPIService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, api apiSettings, apiKeySecret, databaseSecret *secretsmanager.Secret, loginAuthorizer *apigatewayv2.Authorizer) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, apiName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", apiName, ctx.Stack())),
		RetentionInDays: pulumi.Int(api.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAPIRole(ctx, stack, logs, apiKeySecret, databaseSecret)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, apiName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(api.image),
		Architectures: pulumi.StringArray{pulumi.String(apiArchitecture)},
		MemorySize:    pulumi.Int(api.memoryMB),
		Timeout:       pulumi.Int(apiTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		// A variable that ends in _SECRET names a key of a secret, as Amazon ECS writes
		// it; the app reads the value when it starts.
		Environment: &awslambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"API_KEY_SECRET":               pulumi.Sprintf("%s:value::", apiKeySecret.Arn),
			"AUDIT_LOG_URL":                gateway.ApiEndpoint, // audit-log answers there
			"AWS_LWA_PORT":                 pulumi.String("8080"),
			"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
			"DB_URL_SECRET":                pulumi.Sprintf("%s:url::", databaseSecret.Arn),
			"LOG_LEVEL":                    pulumi.String("info"),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
		ReservedConcurrentExecutions: pulumi.Int(api.reserved),
		TracingConfig:                &awslambda.FunctionTracingConfigArgs{Mode: pulumi.String("Active")},
		VpcConfig: &awslambda.FunctionVpcConfigArgs{
			SubnetIds:        pulumi.ToStringArray(stack.subnetIDs),
			SecurityGroupIds: pulumi.ToStringArray(stack.securityGroupIDs),
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, apiName, function, apiTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, apiName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	_, err = awslambda.NewProvisionedConcurrencyConfig(ctx, apiName, &awslambda.ProvisionedConcurrencyConfigArgs{
		FunctionName:                    live.FunctionName,
		Qualifier:                       live.Name, // whoever calls the function past the alias meets no warm environment
		ProvisionedConcurrentExecutions: pulumi.Int(api.provisioned),
	})
	if err != nil {
		return err
	}
	return routeAPIRequests(ctx, gateway, live, loginAuthorizer)
}

// newAPIRole declares the role that the function runs as. It may write to the
// function's own log group, read the service's own secrets, do what app.yaml permits,
// send traces and join its subnets, and nothing else.
func newAPIRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup, apiKeySecret, databaseSecret *secretsmanager.Secret) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, apiName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, apiName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
			allow(actions{"secretsmanager:GetSecretValue"}, apiKeySecret.Arn, databaseSecret.Arn),
			allow(actions{"s3:PutObject", "s3:GetObject"}, pulumi.String("arn:aws:s3:::full-originals/*")),
			// Why not less: S3 lists buckets on no other resource
			allow(actions{"s3:ListAllMyBuckets"}, pulumi.String("*")),
			// X-Ray has no resources that a policy could name.
			allow(sendTraces, pulumi.String("*")),
			// Lambda makes the interfaces as it needs them, with no name to tell beforehand.
			butNotTheCode(allow(joinSubnets, pulumi.String("*"))),
		),
	})
	return role, policy, err
}

// routeAPIRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAPIRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias, loginAuthorizer *apigatewayv2.Authorizer) error {
	integration, err := apigatewayv2.NewIntegration(ctx, apiName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(apiTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range apiRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:             gateway.ID(),
			RouteKey:          pulumi.String(key),
			Target:            pulumi.Sprintf("integrations/%s", integration.ID()),
			AuthorizationType: pulumi.String("JWT"),
			AuthorizerId:      loginAuthorizer.ID(),
		})
		if err != nil {
			return err
		}
	}
	for _, key := range apiPreflights {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, apiName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
