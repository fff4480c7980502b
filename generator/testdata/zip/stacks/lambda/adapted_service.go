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

// The adapted service, as app.yaml describes it.
const (
	adaptedName             = app + "-adapted"
	adaptedZip              = "../app/build/adapted.zip" // a Pulumi program runs in its own folder, stacks/
	adaptedArchitecture     = "arm64"
	adaptedMemoryMB         = 2048 // CPU comes with it: 1,769 MB is one vCPU
	adaptedTimeoutSeconds   = 10
	adaptedLogRetentionDays = 30
)

// adaptedRoutes are the API's route keys that this service answers.
var adaptedRoutes = []string{
	"GET /adapted/{path+}",
}

// adaptedSettings is what a stack may change: pulumi config set adapted.memory 1Gi.
type adaptedSettings struct {
	zip              string
	memoryMB         int
	logRetentionDays int
}

func readAdaptedConfiguration(read *settings.Settings) adaptedSettings {
	return adaptedSettings{
		zip:              read.Archive("adapted.zip", adaptedZip),
		memoryMB:         read.MemoryMiB("adapted.memory", adaptedMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("adapted.logRetentionDays", adaptedLogRetentionDays, logRetentionChoices),
	}
}

// deployAdaptedService declares the function with what it needs, and routes requests to it.
func deployAdaptedService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, adapted adaptedSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, adaptedName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", adaptedName, ctx.Stack())),
		RetentionInDays: pulumi.Int(adapted.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAdaptedRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, adaptedName, &awslambda.FunctionArgs{
		Runtime: awslambda.RuntimeCustomAL2023,
		Handler: pulumi.String("bootstrap"),
		Code:    pulumi.NewFileArchive(adapted.zip),
		Layers: pulumi.StringArray{
			pulumi.String("arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:25"),
		},
		Architectures: pulumi.StringArray{pulumi.String(adaptedArchitecture)},
		MemorySize:    pulumi.Int(adapted.memoryMB),
		Timeout:       pulumi.Int(adaptedTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		Environment: &awslambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"AWS_LWA_PORT":                 pulumi.String("3000"),
			"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/ready"),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, adaptedName, function, adaptedTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, adaptedName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeAdaptedRequests(ctx, gateway, live)
}

// newAdaptedRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newAdaptedRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, adaptedName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, adaptedName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeAdaptedRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAdaptedRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, adaptedName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(adaptedTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range adaptedRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, adaptedName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
