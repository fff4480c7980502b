package lambda

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/internal/mutation"
	"ambi/stacks/stacktest"
)

func checkServices(t stacktest.T, g *stacktest.Graph) { checkAll(t, g, expected) }

func TestMutants(t *testing.T) {
	graph := deploy(t, nil)
	mutant := func(name, typ, resource string, edit func(r *stacktest.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *stacktest.Graph) { edit(g.One(t, typ, resource)) })
	}
	// set changes inputs of a resource; from is where each value comes from now.
	set := func(name, typ string, inputs map[string]any, from ...*stacktest.Resource) mutation.Mutant {
		return mutant(name, typ, apiFacts.name(), func(r *stacktest.Resource) {
			for input, value := range inputs {
				r.Inputs[input] = value
				r.Needs[input] = nil
				for _, other := range from {
					r.Needs[input] = append(r.Needs[input], other.URN)
				}
			}
		})
	}
	api, function := graph.One(t, apiType, app), graph.One(t, functionType, apiFacts.name())
	logs, kept := graph.One(t, logGroupType, apiFacts.name()), graph.One(t, secretType, "thumbs-api-key")
	policy, _ := graph.One(t, policyType, apiFacts.name()).Input("policy").(string)
	trust, _ := graph.One(t, roleType, apiFacts.name()).Input("assumeRolePolicy").(string)
	source, _ := api.Output("executionArn").(string)
	logARN, _ := logs.Output("arn").(string)
	add := func(document, statement string) string { // before the document's last two brackets
		end := strings.LastIndex(document, "]")
		return document[:end] + ", " + statement + document[end:]
	}

	mutation.Suite{
		Graph:  graph,
		Check:  checkServices,
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("permission for the function instead of the alias", permissionType, apiFacts.name(), func(r *stacktest.Resource) {
				delete(r.Inputs, "qualifier")
				r.Inputs["function"], r.Needs["function"] = function.Output("name"), []string{function.URN}
			}),
			set("integration with the function instead of the alias", integrationType, map[string]any{"integrationUri": function.Output("invokeArn")}, function),
			set("source ARN with three stars", permissionType, map[string]any{"sourceArn": source + "/*/*/*"}, api),
			set("source ARN of one stage", permissionType, map[string]any{"sourceArn": source + "/prod/*"}, api),
			set("source ARN without its API", permissionType, map[string]any{"sourceArn": "/*/*"}),
			set("permission for everybody", permissionType, map[string]any{"principal": "*"}),
			set("payload format 1.0", integrationType, map[string]any{"payloadFormatVersion": "1.0"}),
			set("API gives up before the function", integrationType, map[string]any{"timeoutMilliseconds": 3000.0}),
			set("logs kept for ever", logGroupType, map[string]any{"retentionInDays": nil}),
			mutant("an alarm that never goes off", alarmType, apiFacts.name()+"-duration", func(r *stacktest.Resource) {
				r.Inputs["threshold"] = 1000 * float64(apiFacts.timeoutSeconds+1)
			}),
			set("timeout of 99999 s", functionType, map[string]any{"timeout": 99999.0}),
			set("memory of 1 MB", functionType, map[string]any{"memorySize": 1.0}),
			set("SnapStart", functionType, map[string]any{"snapStart": map[string]any{"applyOn": "PublishedVersions"}}),
			set("alias at $LATEST", aliasType, map[string]any{"functionVersion": "$LATEST"}, function),
			set("logs anywhere", policyType, map[string]any{"policy": strings.Replace(policy, logARN+":log-stream:*", "*", 1)}, logs, kept),
			set("anything on anything", policyType, map[string]any{"policy": add(policy, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)}, logs, kept),
			set("all of S3", policyType, map[string]any{"policy": add(policy, `{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}`)}, logs, kept),
			set("policy that is no JSON", policyType, map[string]any{"policy": policy + "}"}, logs, kept),
			set("anybody may act as the role", roleType, map[string]any{"assumeRolePolicy": add(trust, `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}`)}),
			set("log group that all stacks share", logGroupType, map[string]any{"name": "/aws/lambda/thumbs-api"}),
			mutant("stage with a path of its own", stageType, app, func(r *stacktest.Resource) { r.Inputs["name"] = "prod" }),
			mutant("route to a service that does not answer it", routeType, apiFacts.routes[0], func(r *stacktest.Resource) {
				r.Inputs["target"] = "integrations/fake:aws:apigatewayv2/integration:Integration:thumbs-other.id"
			}),
			mutant("secret's value in plain sight", functionType, apiFacts.name(), func(r *stacktest.Resource) {
				variables(r)["API_KEY_SECRET"] = "hunter2"
			}),
		},
		Harmless: []mutation.Mutant{
			set("logs kept longer", logGroupType, map[string]any{"retentionInDays": 90.0}),
			mutant("access logs kept longer", logGroupType, app, func(r *stacktest.Resource) { r.Inputs["retentionInDays"] = 365.0 }),
			mutant("an alarm that looks each minute", alarmType, app+"-5xx", func(r *stacktest.Resource) {
				r.Inputs["period"], r.Inputs["evaluationPeriods"], r.Inputs["threshold"] = 60.0, 10.0, 20.0
			}),
			mutation.Mutate(graph, "tags", func(g *stacktest.Graph) {
				for _, r := range g.Resources {
					if tags, tagged := r.Inputs["tags"].(map[string]any); tagged {
						tags["team"] = "pictures"
					}
				}
			}),
			mutation.Mutate(graph, "another export", func(g *stacktest.Graph) { g.Exports.Inputs["function"] = function.Output("name") }),
			mutant("another variable", functionType, apiFacts.name(), func(r *stacktest.Resource) { variables(r)["FEATURE"] = "on" }),
			mutant("another dependency", functionType, apiFacts.name(), func(r *stacktest.Resource) { r.Needs[""] = append(r.Needs[""], api.URN) }),
			mutant("CORS", apiType, app, func(r *stacktest.Resource) {
				r.Inputs["corsConfiguration"] = map[string]any{"allowOrigins": []any{"https://app.example.com"}}
			}),
			mutant("detailed metrics", stageType, app, func(r *stacktest.Resource) {
				settings, _ := r.Inputs["defaultRouteSettings"].(map[string]any)
				settings["detailedMetricsEnabled"] = true
			}),
			set("texts and limits of their own", functionType, map[string]any{"description": "Thumbnails", "reservedConcurrentExecutions": 5.0, "ephemeralStorage": map[string]any{"size": 1024.0}}),
			set("a statement that names its resource", policyType, map[string]any{"policy": add(policy, `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::thumbs-originals/*"}`)}, logs, kept),
			set("statements in another order", policyType, map[string]any{"policy": `{"Statement": [{"Resource": "` + kept.Output("arn").(string) + `", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"]},
				{"Effect": "Allow", "Action": ["logs:PutLogEvents", "logs:CreateLogStream"], "Resource": ["` + logARN + `:log-stream:*"]}], "Version": "2012-10-17"}`}, logs, kept),
			mutation.Mutate(graph, "resources of their own, of the same types", func(g *stacktest.Graph) {
				for _, r := range slices.Clone(g.Resources) {
					own := *r
					own.Name, own.URN, own.Inputs = "own-"+r.Name, r.URN+"-own", maps.Clone(r.Inputs)
					own.Inputs["name"] = "their own"
					g.Resources = append([]*stacktest.Resource{&own}, g.Resources...)
				}
			}),
			{Name: "resources of their own, declared", Graph: stacktest.Run(t, withOwnResources, configuration(nil))},
		},
	}.Run(t)
}

func variables(function *stacktest.Resource) map[string]any {
	environment, _ := function.Inputs["environment"].(map[string]any)
	variables, _ := environment["variables"].(map[string]any)
	return variables
}

// withOwnResources is the stack as a team extends it.
func withOwnResources(ctx *pulumi.Context) error {
	if err := Deploy(ctx); err != nil {
		return err
	}
	if _, err := cloudwatch.NewLogGroup(ctx, "audit", &cloudwatch.LogGroupArgs{Tags: pulumi.StringMap{"team": pulumi.String("pictures")}}); err != nil {
		return err
	}
	_, err := awslambda.NewProvisionedConcurrencyConfig(ctx, apiFacts.name(), &awslambda.ProvisionedConcurrencyConfigArgs{
		FunctionName: pulumi.String(apiFacts.name()), Qualifier: pulumi.String("live"), ProvisionedConcurrentExecutions: pulumi.Int(2),
	})
	return err
}

// A fact that no function can have is noticed even though the stack and its tests read
// the same fact.
func TestAbsurdFacts(t *testing.T) {
	for name, edit := range map[string]func(w *wanted){
		"timeout": func(w *wanted) { w.timeoutSeconds = 99999 },
		"memory":  func(w *wanted) { w.memoryMB = 1 },
	} {
		absurd := apiWanted
		edit(&absurd)
		withAbsurd := expectations{[]wanted{absurd}, expected.config}
		g := mutation.Mutate(deploy(t, nil), name, func(g *stacktest.Graph) {
			function, integration := g.One(t, functionType, absurd.name()), g.One(t, integrationType, absurd.name())
			function.Inputs["timeout"], function.Inputs["memorySize"] = absurd.timeoutSeconds, absurd.memoryMB
			integration.Inputs["timeoutMilliseconds"] = absurd.timeoutSeconds * 1000
		}).Graph
		if told := mutation.Complaints(func(t stacktest.T, g *stacktest.Graph) { checkAll(t, g, withAbsurd) }, g); len(told) != 1 {
			t.Errorf("an absurd %s: the checks say %q, want one message", name, told)
		}
	}
}
