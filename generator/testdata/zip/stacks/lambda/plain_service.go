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

// The plain service, as app.yaml describes it.
const (
	plainName             = app + "-plain"
	plainZip              = "../app/build/plain.zip"                      // a Pulumi program runs in its own folder, stacks/
	plainAdapterLayer     = "753240598075:layer:LambdaAdapterLayerX86:26" // the Lambda Web Adapter, as AWS publishes it
	plainArchitecture     = "x86_64"
	plainMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	plainTimeoutSeconds   = 10
	plainLogRetentionDays = 30
)

// plainRoutes are the API's route keys that this service answers.
var plainRoutes = []string{
	"GET /plain",
}

// plainSettings is what a stack may change: pulumi config set plain.memory 1Gi.
type plainSettings struct {
	zip              string
	adapterLayer     string
	memoryMB         int
	logRetentionDays int
}

func readPlainConfiguration(read *settings.Settings) plainSettings {
	return plainSettings{
		zip:              read.Archive("plain.zip", plainZip),
		adapterLayer:     read.Layer("plain.adapterLayer", plainAdapterLayer),
		memoryMB:         read.MemoryMiB("plain.memory", plainMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("plain.logRetentionDays", plainLogRetentionDays, logRetentionChoices),
	}
}

// deployPlainService declares the function with what it needs, and routes requests to it.
func deployPlainService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, plain plainSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, plainName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", plainName, ctx.Stack())),
		RetentionInDays: pulumi.Int(plain.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newPlainRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, plainName, &awslambda.FunctionArgs{
		Runtime:       awslambda.RuntimeCustomAL2023,
		Handler:       pulumi.String("bootstrap"),
		Code:          pulumi.NewFileArchive(plain.zip),
		Layers:        pulumi.StringArray{pulumi.String(plain.adapterLayer)},
		Architectures: pulumi.StringArray{pulumi.String(plainArchitecture)},
		MemorySize:    pulumi.Int(plain.memoryMB),
		Timeout:       pulumi.Int(plainTimeoutSeconds),
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
	if err = watchFunction(ctx, plainName, function, plainTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, plainName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routePlainRequests(ctx, gateway, live)
}

// newPlainRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newPlainRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, plainName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, plainName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routePlainRequests sends the service's routes to the alias, and lets the API invoke it.
func routePlainRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, plainName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(plainTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range plainRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, plainName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
