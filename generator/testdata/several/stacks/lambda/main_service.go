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

// The main service, as app.yaml describes it.
const (
	mainName             = app + "-main"
	mainImage            = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/main@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	mainArchitecture     = "x86_64"
	mainMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	mainTimeoutSeconds   = 10
	mainLogRetentionDays = 30
)

// mainRoutes are the API's route keys that this service answers.
var mainRoutes = []string{
	"GET /",
}

// mainSettings is what a stack may change: pulumi config set main.memory 1Gi.
type mainSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readMainConfiguration(read *settings.Settings) mainSettings {
	return mainSettings{
		image:            read.ECRImage("main.image", mainImage),
		memoryMB:         read.MemoryMiB("main.memory", mainMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("main.logRetentionDays", mainLogRetentionDays, logRetentionChoices),
	}
}

// deployMainService declares the function with what it needs, and routes requests to it.
func deployMainService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, main mainSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, mainName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", mainName, ctx.Stack())),
		RetentionInDays: pulumi.Int(main.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newMainRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, mainName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(main.image),
		Architectures: pulumi.StringArray{pulumi.String(mainArchitecture)},
		MemorySize:    pulumi.Int(main.memoryMB),
		Timeout:       pulumi.Int(mainTimeoutSeconds),
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
	if err = watchFunction(ctx, mainName, function, mainTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, mainName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeMainRequests(ctx, gateway, live)
}

// newMainRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newMainRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, mainName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, mainName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeMainRequests sends the service's routes to the alias, and lets the API invoke it.
func routeMainRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, mainName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(mainTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range mainRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, mainName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
