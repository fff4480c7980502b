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

// The type service, as app.yaml describes it.
const (
	typeName             = app + "-type"
	typeImage            = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/type:2.0.0"
	typeArchitecture     = "x86_64"
	typeMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	typeTimeoutSeconds   = 10
	typeLogRetentionDays = 30
)

// typeRoutes are the API's route keys that this service answers.
var typeRoutes = []string{
	"GET /type",
}

// typeSettings is what a stack may change: pulumi config set type.memory 1Gi.
type typeSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readTypeConfiguration(read *settings.Settings) typeSettings {
	return typeSettings{
		image:            read.ECRImage("type.image", typeImage),
		memoryMB:         read.MemoryMiB("type.memory", typeMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("type.logRetentionDays", typeLogRetentionDays, logRetentionChoices),
	}
}

// deployTypeService declares the function with what it needs, and routes requests to it.
func deployTypeService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, typeService typeSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, typeName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", typeName, ctx.Stack())),
		RetentionInDays: pulumi.Int(typeService.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newTypeRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, typeName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(typeService.image),
		Architectures: pulumi.StringArray{pulumi.String(typeArchitecture)},
		MemorySize:    pulumi.Int(typeService.memoryMB),
		Timeout:       pulumi.Int(typeTimeoutSeconds),
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
	if err = watchFunction(ctx, typeName, function, typeTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, typeName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeTypeRequests(ctx, gateway, live)
}

// newTypeRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newTypeRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, typeName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, typeName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeTypeRequests sends the service's routes to the alias, and lets the API invoke it.
func routeTypeRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, typeName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(typeTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range typeRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, typeName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
