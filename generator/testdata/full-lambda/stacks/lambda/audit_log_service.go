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

// The audit-log service, as app.yaml describes it.
const (
	auditLogName             = app + "-audit-log"
	auditLogZip              = "../app/build/audit.zip" // a Pulumi program runs in its own folder, stacks/
	auditLogArchitecture     = "x86_64"
	auditLogMemoryMB         = 512 // CPU comes with it: 1,769 MB is one vCPU
	auditLogTimeoutSeconds   = 10
	auditLogLogRetentionDays = 90
)

// auditLogRoutes are the API's route keys that this service answers, for callers
// with a token.
var auditLogRoutes = []string{
	"POST /audit",
}

// auditLogSettings is what a stack may change: pulumi config set audit-log.memory 1Gi.
type auditLogSettings struct {
	zip              string
	memoryMB         int
	logRetentionDays int
}

func readAuditLogConfiguration(read *settings.Settings) auditLogSettings {
	return auditLogSettings{
		zip:              read.Archive("audit-log.zip", auditLogZip),
		memoryMB:         read.MemoryMiB("audit-log.memory", auditLogMemoryMB, 128, 10240),
		logRetentionDays: read.OneOf("audit-log.logRetentionDays", auditLogLogRetentionDays, logRetentionChoices),
	}
}

// deployAuditLogService declares the function with what it needs, and routes requests to it.
func deployAuditLogService(ctx *pulumi.Context, stack stackWide, gateway *apigatewayv2.Api, auditLog auditLogSettings, auditAuthorizer *apigatewayv2.Authorizer) error {
	// The log group comes first, so that the role needs no right to create one.
	logs, err := cloudwatch.NewLogGroup(ctx, auditLogName, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", auditLogName, ctx.Stack())),
		RetentionInDays: pulumi.Int(auditLog.logRetentionDays),
	})
	if err != nil {
		return err
	}
	role, policy, err := newAuditLogRole(ctx, stack, logs)
	if err != nil {
		return err
	}
	function, err := awslambda.NewFunction(ctx, auditLogName, &awslambda.FunctionArgs{
		Runtime:       awslambda.RuntimeCustomAL2023,
		Handler:       pulumi.String("bootstrap"),
		Code:          pulumi.NewFileArchive(auditLog.zip),
		Architectures: pulumi.StringArray{pulumi.String(auditLogArchitecture)},
		MemorySize:    pulumi.Int(auditLog.memoryMB),
		Timeout:       pulumi.Int(auditLogTimeoutSeconds),
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
	if err = watchFunction(ctx, auditLogName, function, auditLogTimeoutSeconds, stack.alarmTopics); err != nil {
		return err
	}
	live, err := awslambda.NewAlias(ctx, auditLogName, &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
	if err != nil {
		return err
	}
	return routeAuditLogRequests(ctx, gateway, live, auditAuthorizer)
}

// newAuditLogRole declares the role that the function runs as. It may write to the
// function's own log group and do what app.yaml permits, and nothing else.
func newAuditLogRole(ctx *pulumi.Context, stack stackWide, logs *cloudwatch.LogGroup) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, auditLogName, &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: stack.permissionsBoundary,
	})
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, auditLogName, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: policyOf(
			allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn)),
			allow(actions{"dynamodb:PutItem"}, pulumi.String("arn:aws:dynamodb:us-east-1:123456789012:table/audit")),
		),
	})
	return role, policy, err
}

// routeAuditLogRequests sends the service's routes to the alias, and lets the API invoke it.
func routeAuditLogRequests(ctx *pulumi.Context, gateway *apigatewayv2.Api, live *awslambda.Alias, auditAuthorizer *apigatewayv2.Authorizer) error {
	integration, err := apigatewayv2.NewIntegration(ctx, auditLogName, &apigatewayv2.IntegrationArgs{
		ApiId:                gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(auditLogTimeoutSeconds * 1000),
	})
	if err != nil {
		return err
	}
	for _, key := range auditLogRoutes {
		_, err = apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId:             gateway.ID(),
			RouteKey:          pulumi.String(key),
			Target:            pulumi.Sprintf("integrations/%s", integration.ID()),
			AuthorizationType: pulumi.String("JWT"),
			AuthorizerId:      auditAuthorizer.ID(),
		})
		if err != nil {
			return err
		}
	}
	_, err = awslambda.NewPermission(ctx, auditLogName, &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", gateway.ExecutionArn), // any stage, any route of this API
	})
	return err
}
