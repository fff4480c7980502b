package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// daysOfAccessLogs is as long as any service keeps its own logs.
const daysOfAccessLogs = 30

// accessLogLine is what the API logs of each request. What failed stands in one
// of the two errors: before the function was called, or in calling it.
const accessLogLine = `{"requestId":"$context.requestId","time":"$context.requestTimeEpoch",` +
	`"ip":"$context.identity.sourceIp","route":"$context.routeKey","path":"$context.path",` +
	`"status":"$context.status","bytes":"$context.responseLength",` +
	`"latencyMs":"$context.responseLatency","integrationLatencyMs":"$context.integrationLatency",` +
	`"error":"$context.error.message","integrationError":"$context.integrationErrorMessage"}`

// newGateway declares the HTTP API, served at the root of its own URL. Routes
// take effect as soon as they are declared: the stage deploys by itself.
func newGateway(ctx *pulumi.Context, stack stackWide) (*apigatewayv2.Api, error) {
	gateway, err := apigatewayv2.NewApi(ctx, app, &apigatewayv2.ApiArgs{
		ProtocolType: pulumi.String("HTTP"),
	})
	if err != nil {
		return nil, err
	}
	ctx.Export("url", gateway.ApiEndpoint)
	// AWS lets the log's deliverer write to names that begin with /aws/vendedlogs/;
	// each other log group takes room in a policy of the account that is soon full.
	logs, err := cloudwatch.NewLogGroup(ctx, app, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/vendedlogs/http-api/%s-%s", app, ctx.Stack())),
		RetentionInDays: pulumi.Int(daysOfAccessLogs),
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
			ThrottlingRateLimit:  pulumi.Float64(stack.throttleRate),
			ThrottlingBurstLimit: pulumi.Int(stack.throttleBurst),
		},
	})
	if err != nil {
		return nil, err
	}
	return gateway, watchGateway(ctx, gateway, stack.alarmTopics)
}
