package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// daysOfAccessLogs is as long as any service keeps its own logs.
const daysOfAccessLogs = 30

// accessLogLine is what the API logs of each request. One of the two errors says what
// failed: before the function was called, or in calling it.
const accessLogLine = `{"requestId":"$context.requestId","time":"$context.requestTimeEpoch",` +
	`"ip":"$context.identity.sourceIp","route":"$context.routeKey","path":"$context.path",` +
	`"status":"$context.status","bytes":"$context.responseLength",` +
	`"latencyMs":"$context.responseLatency","integrationLatencyMs":"$context.integrationLatency",` +
	`"error":"$context.error.message","integrationError":"$context.integrationErrorMessage"}`

// newGateway declares the HTTP API, served at the root of its own URL. Routes
// take effect as soon as they are declared: the stage deploys by itself.
func newGateway(ctx *pulumi.Context, s *stack) (*apigatewayv2.Api, error) {
	gateway, err := apigatewayv2.NewApi(ctx, app, &apigatewayv2.ApiArgs{
		ProtocolType: pulumi.String("HTTP"),
		Tags:         shared(),
	})
	if err != nil {
		return nil, err
	}
	ctx.Export("url", gateway.ApiEndpoint)
	ctx.Export("apiArn", gateway.ExecutionArn) // pods call services there
	// Under /aws/vendedlogs/, AWS may deliver logs anyway. Any other log group takes room in
	// a policy of the account that is soon full.
	logs, err := cloudwatch.NewLogGroup(ctx, app, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/vendedlogs/http-api/%s-%s", app, ctx.Stack())),
		RetentionInDays: pulumi.Int(daysOfAccessLogs),
		Tags:            shared(),
	})
	if err != nil {
		return nil, err
	}
	_, err = apigatewayv2.NewStage(ctx, app, &apigatewayv2.StageArgs{
		ApiId:      gateway.ID(),
		Name:       pulumi.String("$default"),
		AutoDeploy: pulumi.Bool(true),
		AccessLogSettings: &apigatewayv2.StageAccessLogSettingsArgs{
			DestinationArn: logs.Arn,
			Format:         pulumi.String(accessLogLine),
		},
		DefaultRouteSettings: &apigatewayv2.StageDefaultRouteSettingsArgs{
			ThrottlingRateLimit:  pulumi.Float64(s.throttleRate),
			ThrottlingBurstLimit: pulumi.Int(s.throttleBurst),
		},
		Tags: shared(),
	})
	if err != nil {
		return nil, err
	}
	return gateway, watchGateway(ctx, s, gateway)
}

// newIntegration has the API invoke a function by its alias, and lets it. It returns a route
// that leads there.
func newIntegration(ctx *pulumi.Context, s *stack, f facts, live *awslambda.Alias) (*apigatewayv2.RouteArgs, error) {
	_, err := awslambda.NewPermission(ctx, f.name(), &awslambda.PermissionArgs{
		Function:  live.FunctionName,
		Qualifier: live.Name,
		Action:    pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"),
		SourceArn: pulumi.Sprintf("%s/*/*", s.gateway.ExecutionArn), // any stage, any route of this API
	})
	if err != nil {
		return nil, err
	}
	integration, err := apigatewayv2.NewIntegration(ctx, f.name(), &apigatewayv2.IntegrationArgs{
		ApiId:                s.gateway.ID(),
		IntegrationType:      pulumi.String("AWS_PROXY"),
		IntegrationUri:       live.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"),
		TimeoutMilliseconds:  pulumi.Int(f.timeoutSeconds * 1000),
	})
	if err != nil {
		return nil, err
	}
	return &apigatewayv2.RouteArgs{ApiId: s.gateway.ID(), Target: pulumi.Sprintf("integrations/%s", integration.ID())}, nil
}

// newRoutes declares a route for each key, such as "GET /items/{id}".
func newRoutes(ctx *pulumi.Context, keys []string, route *apigatewayv2.RouteArgs) error {
	for _, key := range keys {
		keyed := *route
		keyed.RouteKey = pulumi.String(key)
		if _, err := apigatewayv2.NewRoute(ctx, key, &keyed); err != nil {
			return err
		}
	}
	return nil
}
