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

// The api-linux service, as app.yaml describes it.
const (
	apiLinuxName             = app + "-api-linux"
	apiLinuxImage            = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/api:2.0.0"
	apiLinuxArchitecture     = "x86_64"
	apiLinuxMemoryMB         = 287 // CPU comes with it: 1,769 MB is one vCPU
	apiLinuxTimeoutSeconds   = 10
	apiLinuxLogRetentionDays = 30
)

// apiLinuxRoutes are the API's route keys that this service answers.
var apiLinuxRoutes = []string{
	"ANY /api/{path+}",
}

// apiLinuxSettings is what a stack may change: pulumi config set api-linux.memory 1Gi.
type apiLinuxSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readAPILinuxConfiguration(read *settings.Settings) apiLinuxSettings {
	return apiLinuxSettings{
		image:            read.ECRImage("api-linux.image", apiLinuxImage),
		memoryMB:         read.MemoryMiB("api-linux.memory", apiLinuxMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("api-linux.logRetentionDays", apiLinuxLogRetentionDays, logRetentionChoices),
	}
}

// deployAPILinuxService declares the function with what it needs, and routes requests to it.
func deployAPILinuxService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, apiLinux apiLinuxSettings, databaseSecret *secretsmanager.Secret) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, apiLinuxName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", apiLinuxName, ctx.Stack())),
		RetentionInDays: pulumi.Int(apiLinux.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAPILinuxRole(ctx, stack, logs, databaseSecret)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, apiLinuxName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(apiLinux.image),
		Architectures: pulumi.StringArray{pulumi.String(apiLinuxArchitecture)},
		MemorySize:    pulumi.Int(apiLinux.memoryMB),
		Timeout:       pulumi.Int(apiLinuxTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		// A variable that ends in _SECRET names a key of a secret, as Amazon ECS writes
		// it; the app reads the value when it starts.
		Environment: &awslambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"AWS_LWA_PORT":                 pulumi.String("8080"),
			"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
			"DATABASE_URL_SECRET":          pulumi.Sprintf("%s:url::", databaseSecret.Arn),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, apiLinuxName, function, apiLinuxTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, apiLinuxName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeAPILinuxRequests(ctx, gateway, live)
}

// newAPILinuxRole declares the role that the function runs as. It may write to the
// function's own log group and read the service's own secrets, and nothing else.
func newAPILinuxRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup, databaseSecret *secretsmanager.Secret) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, apiLinuxName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, apiLinuxName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
			allow(actions{"secretsmanager:GetSecretValue"}, databaseSecret.Arn),
		),
	})
	return role, policy, err
}

// routeAPILinuxRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAPILinuxRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, apiLinuxName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(apiLinuxTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range apiLinuxRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, apiLinuxName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
