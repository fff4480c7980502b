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

// The web service, as app.yaml describes it.
const (
	webName             = app + "-web"
	webImage            = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
	webArchitecture     = "x86_64"
	webMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	webTimeoutSeconds   = 10
	webLogRetentionDays = 30
)

// webRoutes are the API's route keys that this service answers.
var webRoutes = []string{
	"GET /{path+}",
}

// webSettings is what a stack may change: pulumi config set web.memory 1Gi.
type webSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readWebConfiguration(read *settings.Settings) webSettings {
	return webSettings{
		image:            read.ECRImage("web.image", webImage),
		memoryMB:         read.MemoryMiB("web.memory", webMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("web.logRetentionDays", webLogRetentionDays, logRetentionChoices),
	}
}

// deployWebService declares the function with what it needs, and routes requests to it.
func deployWebService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, web webSettings) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, webName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", webName, ctx.Stack())),
		RetentionInDays: pulumi.Int(web.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newWebRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, webName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(web.image),
		Architectures: pulumi.StringArray{pulumi.String(webArchitecture)},
		MemorySize:    pulumi.Int(web.memoryMB),
		Timeout:       pulumi.Int(webTimeoutSeconds),
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
	if err = watchFunction(ctx, webName, function, webTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, webName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeWebRequests(ctx, gateway, live)
}

// newWebRole declares the role that the function runs as. It may write to the
// function's own log group, and nothing else.
func newWebRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, webName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, webName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
		),
	})
	return role, policy, err
}

// routeWebRequests sends the service's routes to the alias, and lets the API invoke it.
func routeWebRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, webName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(webTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range webRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, webName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
