package lambda

import (
	"strings"
	"testing"

	"ambi/generator/testdata/full-lambda/stacks/stacktest"
	"ambi/internal/mutation"
	ours "ambi/stacks/stacktest"
)

// TestMutants tries this project's tests on everything that can be wrong with it.
// Package mutation knows the graphs of ambi's own stacks; a golden project has a
// copy of their types, so that graphs are converted on the way.
func TestMutants(t *testing.T) {
	graph := export(deploy(t, nil))
	mutant := func(name, typ, resource string, edit func(r *ours.Resource)) mutation.Mutant {
		return mutation.Mutate(graph, name, func(g *ours.Graph) { edit(g.One(t, typ, resource)) })
	}
	issuer := app + "-login-example-com-full"
	policy, _ := graph.One(t, policyType, apiFacts.name()).Input("policy").(string)
	mutation.Suite{
		Graph:  graph,
		Check:  func(t ours.T, g *ours.Graph) { checkAll(t, adopt(g), expected) },
		Tastes: mutation.LambdaTastes(),
		Faults: []mutation.Mutant{
			mutant("token asked for with a preflight request", routeType, "OPTIONS /", func(r *ours.Resource) {
				r.Inputs["authorizationType"], r.Inputs["authorizerId"] = "JWT", graph.One(t, authorizerType, issuer).Output("id")
			}),
			mutant("another service's tokens are good", routeType, "POST /audit", func(r *ours.Resource) {
				other := graph.One(t, authorizerType, issuer)
				r.Inputs["authorizerId"], r.Needs["authorizerId"] = other.Output("id"), []string{other.URN}
			}),
			mutant("route that is open to all", routeType, "GET /items", func(r *ours.Resource) {
				r.Inputs["authorizationType"] = "NONE"
				delete(r.Inputs, "authorizerId")
			}),
			mutation.Mutate(graph, "an ANY of a team's own that asks for a token with preflight requests", func(g *ours.Graph) {
				own := *g.One(t, routeType, "ANY /")
				own.Name, own.URN = "ANY /own", own.URN+"own"
				own.Inputs = map[string]any{"routeKey": "ANY /own", "authorizationType": "JWT"}
				g.Resources = append(g.Resources, &own)
			}),
			mutant("any action of S3 on what has a reason", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = strings.Replace(policy, "s3:ListAllMyBuckets", "s3:*", 1)
			}),
			mutant("network interfaces that the code may delete", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, `"Condition":{"Null":{"lambda:SourceFunctionArn":"true"}},`, "")
			}),
			mutant("network interfaces that only the code may delete", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, `"lambda:SourceFunctionArn":"true"`, `"lambda:SourceFunctionArn":"false"`)
			}),
			mutant("network interfaces that the code may delete, beside those that Lambda may", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, `"Statement":[`, `"Statement":[{"Effect":"Allow","Action":["ec2:DeleteNetworkInterface"],"Resource":["*"]},`)
			}),
			mutant("cookies from anywhere", apiType, app, func(r *ours.Resource) {
				cors, _ := r.Inputs["corsConfiguration"].(map[string]any)
				cors["allowOrigins"] = []any{"*"}
			}),
			mutant("old TLS", "aws:apigatewayv2/domainName:DomainName", "api.example.com", func(r *ours.Resource) {
				configuration, _ := r.Inputs["domainNameConfiguration"].(map[string]any)
				configuration["securityPolicy"] = "TLS_1_0"
			}),
			mutant("warm environments of no version", provisionedType, apiFacts.name(), func(r *ours.Resource) { r.Inputs["qualifier"] = "$LATEST" }),
			mutant("topic that nobody named", alarmType, app+"-5xx", func(r *ours.Resource) {
				r.Inputs["alarmActions"] = []any{"arn:aws:sns:us-east-1:123456789012:else"}
			}),
			mutant("boundary that nobody named", roleType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["permissionsBoundary"] = "arn:aws:iam::aws:policy/AdministratorAccess"
			}),
			mutant("service's URL that is another's", functionType, apiFacts.name(), func(r *ours.Resource) {
				environment, _ := r.Inputs["environment"].(map[string]any)
				variables, _ := environment["variables"].(map[string]any)
				variables["AUDIT_LOG_URL"] = "https://example.com"
			}),
		},
		Harmless: []mutation.Mutant{
			mutant("a condition of a team's own", policyType, apiFacts.name(), func(r *ours.Resource) {
				r.Inputs["policy"] = replaced(t, policy, `"Action":["s3:ListAllMyBuckets"],`, `"Action":["s3:ListAllMyBuckets"],"Condition":{"Bool":{"aws:SecureTransport":"true"}},`)
			}),
			mutant("an alarm that somebody is told of twice", alarmType, apiFacts.name()+"-errors", func(r *ours.Resource) {
				r.Inputs["okActions"] = []any{"arn:aws:sns:us-east-1:123456789012:else"}
			}),
			mutant("detailed metrics", stageType, app, func(r *ours.Resource) {
				settings, _ := r.Inputs["defaultRouteSettings"].(map[string]any)
				settings["detailedMetricsEnabled"] = true
			}),
			mutant("headers that pages may read", apiType, app, func(r *ours.Resource) {
				cors, _ := r.Inputs["corsConfiguration"].(map[string]any)
				cors["exposeHeaders"] = []any{"ETag"}
			}),
			mutant("scopes", routeType, "GET /items", func(r *ours.Resource) { r.Inputs["authorizationScopes"] = []any{"read"} }),
		},
	}.Run(t)
}

// export and adopt turn this project's graphs into those of ambi's own stacks, and
// back.
func export(g *stacktest.Graph) *ours.Graph {
	out := &ours.Graph{Exports: (*ours.Resource)(g.Exports)}
	for _, r := range g.Resources {
		out.Resources = append(out.Resources, (*ours.Resource)(r))
	}
	return out
}

func adopt(g *ours.Graph) *stacktest.Graph {
	in := &stacktest.Graph{Exports: (*stacktest.Resource)(g.Exports)}
	for _, r := range g.Resources {
		in.Resources = append(in.Resources, (*stacktest.Resource)(r))
	}
	return in
}

// replaced is a text with a part of it changed, which must be there.
func replaced(t *testing.T, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%s is not in %s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}
