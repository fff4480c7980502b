package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// The app service, as app.yaml describes it.
const (
	appName             = app + "-app"
	appImage            = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/app:2.0.0"
	appArchitecture     = "x86_64"
	appMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	appTimeoutSeconds   = 10
	appLogRetentionDays = 30
)

// appRoutes are the API's route keys that this service answers.
var appRoutes = []string{
	"GET /app",
}

// appSettings is what a stack may change: pulumi config set app.memory 1Gi.
type appSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readAppConfiguration(read *settings.Settings) appSettings {
	return appSettings{
		image:            read.ECRImage("app.image", appImage),
		memoryMB:         read.MemoryMiB("app.memory", appMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("app.logRetentionDays", appLogRetentionDays, logRetentionChoices),
	}
}

// deployAppService declares the function with what it needs, and routes requests to it.
func deployAppService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, appService appSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, appName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", appName, ctx.Stack())),
		RetentionInDays: pulumi.Int(appService.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAppRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, appName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(appService.image),
		Architectures: pulumi.StringArray{pulumi.String(appArchitecture)},
		MemorySize:    pulumi.Int(appService.memoryMB),
		Timeout:       pulumi.Int(appTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		Environment: &awslambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"AWS_LWA_PORT":                 pulumi.String("8080"),
			"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, appName, function, appTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, appName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeAppRequests(ctx, gateway, live)
}

// newAppRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newAppRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, appName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, appName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeAppRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAppRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, appName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(appTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range appRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, appName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
