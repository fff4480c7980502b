package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// daysOfAccessLogs is as long as any service keeps its own logs.
const daysOfAccessLogs = 90

// accessLogLine is what the API logs of each request. What failed stands in one
// of the two errors: before the function was called, or in calling it.
const accessLogLine = `{"requestId":"$context.requestId","time":"$context.requestTimeEpoch",` +
	`"ip":"$context.identity.sourceIp","route":"$context.routeKey","path":"$context.path",` +
	`"status":"$context.status","bytes":"$context.responseLength",` +
	`"latencyMs":"$context.responseLatency","integrationLatencyMs":"$context.integrationLatency",` +
	`"error":"$context.error.message","integrationError":"$context.integrationErrorMessage"}`

// Pages of these origins may call the API from a browser, and so. The API answers
// preflight requests itself, and replaces CORS headers of the services' own.
var (
	corsOrigins = []string{"https://app.example.com", "http://localhost:3000"}
	corsMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	corsHeaders = []string{"Authorization", "Content-Type"}
)

// Browsers ask again after it.
const corsMaxAgeSeconds = 600

// domains are the host names that the API is served under.
var domains = []string{
	"api.example.com",
	"audit.example.com",
}

// newGateway declares the HTTP API, served at the root of its own URL. Routes
// take effect as soon as they are declared: the stage deploys by itself.
func newGateway(ctx *pulumi.Context, stack stackWide) (*apigatewayv2.Api, error) {
	gateway, err := apigatewayv2.NewApi(ctx, app, &apigatewayv2.ApiArgs{
		ProtocolType: pulumi.String("HTTP"),
		CorsConfiguration: &apigatewayv2.ApiCorsConfigurationArgs{
			AllowOrigins:     pulumi.ToStringArray(corsOrigins),
			AllowMethods:     pulumi.ToStringArray(corsMethods),
			AllowHeaders:     pulumi.ToStringArray(corsHeaders),
			AllowCredentials: pulumi.Bool(true),
			MaxAge:           pulumi.Int(corsMaxAgeSeconds),
		},
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
	stage, err := apigatewayv2.NewStage(ctx, app, &apigatewayv2.StageArgs{
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
	for _, domain := range domains {
		if err = serveDomain(ctx, gateway, stage, domain, stack.certificateARN); err != nil {
			return nil, err
		}
	}
	return gateway, watchGateway(ctx, gateway, stack.alarmTopics)
}

// serveDomain serves the API under a host name of the app's own, once DNS points
// the name at what is exported here. The API's own URL goes on answering, so that
// a new stack can be tried before DNS moves to it.
func serveDomain(ctx *pulumi.Context, gateway *apigatewayv2.Api, stage *apigatewayv2.Stage, domain, certificateARN string) error {
	name, err := apigatewayv2.NewDomainName(ctx, domain, &apigatewayv2.DomainNameArgs{
		DomainName: pulumi.String(domain),
		DomainNameConfiguration: &apigatewayv2.DomainNameDomainNameConfigurationArgs{
			CertificateArn: pulumi.String(certificateARN),
			EndpointType:   pulumi.String("REGIONAL"),
			SecurityPolicy: pulumi.String("TLS_1_2"),
		},
	})
	if err != nil {
		return err
	}
	ctx.Export("dns:"+domain, name.DomainNameConfiguration.TargetDomainName().Elem())
	_, err = apigatewayv2.NewApiMapping(ctx, domain, &apigatewayv2.ApiMappingArgs{
		ApiId:      gateway.ID(),
		DomainName: name.ID(),
		Stage:      stage.ID(),
	})
	return err
}

// newAuthorizer lets requests through that bring a token of the issuer, for one of
// the audiences. API Gateway fetches the issuer's keys by OpenID Connect discovery.
func newAuthorizer(ctx *pulumi.Context, gateway *apigatewayv2.Api, name, issuer string, audience ...string) (*apigatewayv2.Authorizer, error) {
	return apigatewayv2.NewAuthorizer(ctx, name, &apigatewayv2.AuthorizerArgs{
		ApiId:           gateway.ID(),
		Name:            pulumi.String(name),
		AuthorizerType:  pulumi.String("JWT"),
		IdentitySources: pulumi.StringArray{pulumi.String("$request.header.Authorization")},
		JwtConfiguration: &apigatewayv2.AuthorizerJwtConfigurationArgs{
			Issuer:    pulumi.String(issuer),
			Audiences: pulumi.ToStringArray(audience),
		},
	})
}
