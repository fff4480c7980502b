package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/stacks/settings"
)

// The api service, as app.yaml describes it.
const (
	apiName             = app + "-api"
	apiImage            = "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"
	apiArchitecture     = "arm64"
	apiMemoryMB         = 885 // gives 500m of CPU: 1,769 MB is one vCPU
	apiTimeoutSeconds   = 10
	apiLogRetentionDays = 30
)

// apiRoutes are the API's route keys that this service answers.
var apiRoutes = []string{
	"POST /thumbnails",
	"GET /placeholders/{width}/{height}",
}

// apiSettings is what a stack may change: pulumi config set api.memory 1Gi.
type apiSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readAPIConfiguration(read *settings.Settings) apiSettings {
	return apiSettings{
		image:            read.ECRImage("api.image", apiImage),
		memoryMB:         read.MemoryMiB("api.memory", apiMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("api.logRetentionDays", apiLogRetentionDays, logRetentionChoices),
	}
}

// deployAPIService declares the function with what it needs, and routes requests to it.
func deployAPIService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, api apiSettings, apiKeySecret *secretsmanager.Secret) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, apiName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", apiName, ctx.Stack())),
		RetentionInDays: pulumi.Int(api.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAPIRole(ctx, stack, logs, apiKeySecret)
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
			"API_KEY_SECRET": pulumi.Sprintf("%s:value::", apiKeySecret.Arn),
			"LOG_LEVEL":      pulumi.String("info"),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
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
	return routeAPIRequests(ctx, gateway, live)
}

// newAPIRole declares the role that the function runs as. It may write to the
// function's own log group and read the service's own secrets, and nothing else.
func newAPIRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup, apiKeySecret *secretsmanager.Secret) (*iam.Role, *iam.RolePolicy, error) {
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
			allow(actions{"secretsmanager:GetSecretValue"}, apiKeySecret.Arn),
		),
	})
	return role, policy, err
}

// routeAPIRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAPIRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
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
