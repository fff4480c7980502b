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

// The native service, as app.yaml describes it.
const (
	nativeName             = app + "-native"
	nativeZip              = "../app/build/native.zip" // a Pulumi program runs in its own folder, stacks/
	nativeArchitecture     = "x86_64"
	nativeMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	nativeTimeoutSeconds   = 10
	nativeLogRetentionDays = 7
)

// nativeRoutes are the API's route keys that this service answers.
var nativeRoutes = []string{
	"GET /native",
}

// nativeSettings is what a stack may change: pulumi config set native.memory 1Gi.
type nativeSettings struct {
	zip              string
	memoryMB         int
	logRetentionDays int
}

func readNativeConfiguration(read *settings.Settings) nativeSettings {
	return nativeSettings{
		zip:              read.Archive("native.zip", nativeZip),
		memoryMB:         read.MemoryMiB("native.memory", nativeMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("native.logRetentionDays", nativeLogRetentionDays, logRetentionChoices),
	}
}

// deployNativeService declares the function with what it needs, and routes requests to it.
func deployNativeService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, native nativeSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, nativeName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", nativeName, ctx.Stack())),
		RetentionInDays: pulumi.Int(native.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newNativeRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, nativeName, &awslambda.FunctionArgs{
		Runtime:       awslambda.RuntimeCustomAL2023,
		Handler:       pulumi.String("bootstrap"),
		Code:          pulumi.NewFileArchive(native.zip),
		Architectures: pulumi.StringArray{pulumi.String(nativeArchitecture)},
		MemorySize:    pulumi.Int(native.memoryMB),
		Timeout:       pulumi.Int(nativeTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, nativeName, function, nativeTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, nativeName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeNativeRequests(ctx, gateway, live)
}

// newNativeRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newNativeRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, nativeName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, nativeName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeNativeRequests sends the service's routes to the alias, and lets the API invoke it.
func routeNativeRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, nativeName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(nativeTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range nativeRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, nativeName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
