package lambda

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/golden/stacks/stacktest"
)

func checkGateway(t stacktest.T, g *stacktest.Graph, _ expectations) {
	api := g.One(t, apiType, app)
	wantTags(t, api, "")
	api.Want(t, "protocolType", "HTTP", "routes such as GET /x and payload format 2.0 belong to HTTP APIs")
	g.Exports.Want(t, "url", api.Output("apiEndpoint"), "it is where callers find the app")
	g.Exports.Want(t, "apiArn", api.Output("executionArn"), "stacks on Kubernetes set it, so that their pods can call the API")

	stage := g.One(t, stageType, app)
	stage.Want(t, "apiId", api.Output("id"), "the stage serves this API", api)
	stage.Want(t, "name", "$default", "any other stage adds its name to all paths, and the URL lacks it")
	stage.Want(t, "autoDeploy", true, "without it a new route is declared and never answers")
}

func checkStage(t stacktest.T, g *stacktest.Graph, s expectations) {
	stage, logs := g.One(t, stageType, app), g.One(t, logGroupType, app)
	wantTags(t, stage, "")
	wantTags(t, logs, "")
	logs.Want(t, "name", "/aws/vendedlogs/http-api/"+app+"-"+stacktest.Stack, "AWS may deliver logs to such names without more ado, and two stacks must not share one")
	checkRetention(t, logs)
	stage.Want(t, "accessLogSettings.destinationArn", logs.Output("arn"), "it is the log with a retention", logs)
	stage.Want(t, "accessLogSettings.format", accessLogLine, "it is what the stack says that it logs")
	var line map[string]string
	if err := json.Unmarshal([]byte(accessLogLine), &line); err != nil || strings.Contains(accessLogLine, "\n") {
		t.Errorf("a line of the access log must be JSON on one line: %v", err)
	}
	for _, part := range []string{"requestId", "routeKey", "status", "responseLatency", "integrationLatency", "error.message"} {
		if !strings.Contains(accessLogLine, `"$context.`+part+`"`) {
			t.Errorf("the access log lacks $context.%s, which finding a fault takes", part)
		}
	}
	stage.Want(t, "defaultRouteSettings.throttlingRateLimit", s.number("throttleRate", throttleRate), "one route could use up what the account has")
	stage.Want(t, "defaultRouteSettings.throttlingBurstLimit", s.number("throttleBurst", throttleBurst), "one route could use up what the account has")
}

// Provisioned concurrency acts on an alias only. An API that calls the function
// past it pays for warm instances that get no requests: hashicorp/terraform-provider-aws#28559.
func checkIntegration(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	api, alias, integration := g.One(t, apiType, app), g.One(t, aliasType, w.name()), g.One(t, integrationType, w.name())
	integration.Want(t, "apiId", api.Output("id"), "it is this API's", api)
	integration.Want(t, "integrationType", "AWS_PROXY", "the function gets the whole request")
	integration.Want(t, "integrationUri", alias.Output("invokeArn"), "it must go to the alias, or provisioned concurrency would never be used", alias)
	integration.Want(t, "payloadFormatVersion", "2.0", "with another, the app sees every path as /: awslabs/aws-lambda-go-api-proxy#60")
	integration.Want(t, "timeoutMilliseconds", w.timeoutSeconds*1000, "the API must wait as long as the function may take")
}

// checkRouting holds the API to sending a service's routes to it.
func checkRouting(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
	answers(w.routes)(t, g, w, s)
}

// answers is route keys that a service answers.
func answers(keys []string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		api, integration := g.One(t, apiType, app), g.One(t, integrationType, w.name())
		for _, key := range keys {
			route := g.One(t, routeType, key)
			route.Want(t, "apiId", api.Output("id"), "it is this API's", api)
			route.Want(t, "routeKey", key, "callers use it")
			route.Want(t, "target", fmt.Sprintf("integrations/%s", integration.Output("id")), "this service answers it", integration)
		}
	}
}

// A source ARN with a third star answers 500 on the stage $default:
// terraform-aws-modules/terraform-aws-apigateway-v2#41.
func checkPermission(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	api, alias, permission := g.One(t, apiType, app), g.One(t, aliasType, w.name()), g.One(t, permissionType, w.name())
	permission.Want(t, "function", alias.Output("functionName"), "the API calls this function", alias)
	permission.Want(t, "qualifier", alias.Output("name"), "the API calls the alias, and what is not permitted there fails with 500", alias)
	permission.Want(t, "action", "lambda:InvokeFunction", "it is what the API does")
	permission.Want(t, "principal", "apigateway.amazonaws.com", "API Gateway is who calls")
	permission.Want(t, "sourceArn", fmt.Sprintf("%s/*/*", api.Output("executionArn")), "this API alone may call, on any stage and any route", api)
}
