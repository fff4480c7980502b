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

// The load-test service, as app.yaml describes it.
const (
	loadTestName             = app + "-load-test"
	loadTestImage            = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/load-test:2.0.0"
	loadTestArchitecture     = "x86_64"
	loadTestMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	loadTestTimeoutSeconds   = 10
	loadTestLogRetentionDays = 30
)

// loadTestRoutes are the API's route keys that this service answers.
var loadTestRoutes = []string{
	"POST /runs",
	"GET /runs/{id}",
}

// loadTestSettings is what a stack may change: pulumi config set load-test.memory 1Gi.
type loadTestSettings struct {
	image            string
	memoryMB         int
	logRetentionDays int
}

func readLoadTestConfiguration(read *settings.Settings) loadTestSettings {
	return loadTestSettings{
		image:            read.ECRImage("load-test.image", loadTestImage),
		memoryMB:         read.MemoryMiB("load-test.memory", loadTestMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("load-test.logRetentionDays", loadTestLogRetentionDays, logRetentionChoices),
	}
}

// deployLoadTestService declares the function with what it needs, and routes requests to it.
func deployLoadTestService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, loadTest loadTestSettings, many3rdPartySecret, databaseSecret *secretsmanager.Secret) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, loadTestName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", loadTestName, ctx.Stack())),
		RetentionInDays: pulumi.Int(loadTest.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newLoadTestRole(ctx, stack, logs, many3rdPartySecret, databaseSecret)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, loadTestName, &awslambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String(loadTest.image),
		Architectures: pulumi.StringArray{pulumi.String(loadTestArchitecture)},
		MemorySize:    pulumi.Int(loadTest.memoryMB),
		Timeout:       pulumi.Int(loadTestTimeoutSeconds),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		// A variable that ends in _SECRET names a key of a secret, as Amazon ECS writes
		// it; the app reads the value when it starts.
		Environment: &awslambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"AWS_LWA_PORT":                 pulumi.String("8080"),
			"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
			"BACKTICK":                     pulumi.String("a`b"),
			"BRACES":                       pulumi.String("{{.App}} ${HOME} %s %d"),
			"DATABASE_PASSWORD_SECRET":     pulumi.Sprintf("%s:password::", databaseSecret.Arn),
			"DATABASE_URL_SECRET":          pulumi.Sprintf("%s:url::", databaseSecret.Arn),
			"LINES":                        pulumi.String("one\ntwo\ttabbed"),
			"QUOTES":                       pulumi.String("\"; panic(\"no\") //"),
			"RIGHT_TO_LEFT":                pulumi.String("\u202egnp.exe\u200f"),
			"TOKEN_SECRET":                 pulumi.Sprintf("%s:token.v1::", many3rdPartySecret.Arn),
		}},
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  logs.Name,
		},
	}, pulumi.DependsOn([]pulumi.Resource{policy})) // the role alone is not enough to start
	if err != nil {
		return err
	}
	if err = watchFunction(ctx, loadTestName, function, loadTestTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, loadTestName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeLoadTestRequests(ctx, gateway, live)
}

// newLoadTestRole declares the role that the function runs as. It may write to the
// function's own log group and read the service's own secrets, and nothing else.
func newLoadTestRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup, many3rdPartySecret, databaseSecret *secretsmanager.Secret) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, loadTestName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, loadTestName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
			allow(actions{"secretsmanager:GetSecretValue"}, many3rdPartySecret.Arn, databaseSecret.Arn),
		),
	})
	return role, policy, err
}

// routeLoadTestRequests sends the service's routes to the alias, and lets the API invoke it.
func routeLoadTestRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias) error {
	integration, err := apigatewayv2.NewIntegration(ctx, loadTestName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(loadTestTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range loadTestRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:    gateway.ID(),
			RouteKey: pulumi.String(key),
			Target:   pulumi.Sprintf("integrations/%s", integration.ID()),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, loadTestName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
