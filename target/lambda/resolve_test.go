package lambda_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/lambda"
)

// resolve resolves an app of services, each given as the lines below its name.
func resolve(t *testing.T, services map[string]string) (lambda.Model, finding.List) {
	t.Helper()
	var b strings.Builder
	b.WriteString("apiVersion: ambi/v1\nname: shop\ntargets: [lambda]\nservices:\n")
	for _, name := range []string{"a", "b", "c"} {
		if lines, ok := services[name]; ok {
			fmt.Fprintf(&b, "  %s:\n    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1\n", name)
			for line := range strings.SplitSeq(lines, "\n") {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
	}
	app, err := spec.Parse("app.yaml", []byte(b.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return lambda.Resolve(app)
}

// find returns what was found at a path.
func find(findings finding.List, path string) (kind finding.Kind, messages string) {
	for _, f := range findings {
		if f.Path == path {
			kind, messages = f.Kind, messages+f.Message+"\n"
		}
	}
	return kind, messages
}

func manyRoutes(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("GET /%d", i))
	}
	return strings.Join(list, ", ")
}

// Messages hold connections as requests do.
func TestConnectionsOfMessages(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
data: {jobs: {queue: {}}}
services:
  a: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1", queue: {from: jobs}, connections: 10, concurrency: 4, scale: {max: 3}}
`))
	if err != nil {
		t.Fatal(err)
	}
	m, findings := lambda.Resolve(app)
	const want = "the mapping's maximumConcurrency bounds its environments, each with one connection, so the service can hold up to 12, more than the 10 allowed"
	if kind, message := find(findings, "services.a.connections"); kind != finding.Dropped || !strings.Contains(message, want) || m.Services[0].MostConnections != 12 {
		t.Errorf("%d, %s: %s", m.Services[0].MostConnections, kind, message)
	}
}

func TestFindings(t *testing.T) {
	const web = "http: {routes: [GET /b]}"
	for name, c := range map[string]struct {
		services map[string]string
		path     string
		kind     finding.Kind
		message  string
	}{
		"CORS for all": {
			map[string]string{"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com]}}"},
			"services.a.http.cors.origins", finding.Exact, "preflight",
		},
		"CORS for some": {
			map[string]string{"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com]}}", "b": web},
			"services.a.http.cors.origins", finding.Approximate, "also for b",
		},
		"CORS in another order": {
			map[string]string{
				"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com, https://y.example.com], headers: [X-A, x-b]}}",
				"b": "http: {routes: [GET /b], cors: {origins: [https://y.example.com, https://x.example.com], headers: [X-B, X-A]}}",
			}, "services.b.http.cors.origins", finding.Exact, "",
		},
		"CORS that differs": {
			map[string]string{
				"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com]}}",
				"b": "http: {routes: [GET /b], cors: {origins: [https://y.example.com]}}",
			}, "services.b.http.cors", finding.Refused, "one CORS configuration",
		},
		"call of a service behind a token": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}"},
			"services.a.needs[0]", finding.Approximate, "need a token",
		},
		"internal service": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], internal: true}"},
			"services.b.http.internal", finding.Approximate, "in the app, only the role of a may invoke them",
		},
		"internal service with exact routes": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], internal: true}"},
			"services.b.http.internal", finding.Approximate, "for the service execute-api\n",
		},
		"internal service with a parameter, for two": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [\"GET /b/{id}\"], internal: true}", "c": "needs: [b]\nhttp: {routes: [GET /c]}"},
			"services.b.http.internal", finding.Approximate, "only the roles of a and c may invoke them, and callers sign each request with SigV4, for the service execute-api; the * that stands for ANY and for a parameter",
		},
		"internal service with any method": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [ANY /b], internal: true}"},
			"services.b.http.internal", finding.Approximate, "also matches further segments",
		},
		"service that is not internal": {
			map[string]string{"b": "http: {routes: [GET /b], internal: false}"},
			"services.b.http.internal", finding.Exact, "need not sign",
		},
		"more internal routes than a policy holds": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {internal: true, routes: [" + manyRoutes(110) + "]}"},
			"services.a.needs", finding.Refused, "10240 bytes",
		},
		"as many internal routes as a policy holds": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {internal: true, routes: [" + manyRoutes(90) + "]}"},
			"services.a.needs[0]", finding.Approximate, "SigV4",
		},
		"memory that is not whole": {map[string]string{"b": web + "\ncpu: 100m\nmemory: 300M"}, "services.b.memory", finding.Approximate, "rounded up: the function has 287 MB"},
		"no traces":                {map[string]string{"b": web + "\nlambda: {tracing: false}"}, "services.b.lambda.tracing", finding.Exact, "sends no traces"},
		"traces":                   {map[string]string{"b": web + "\nlambda: {tracing: true}"}, "services.b.lambda.tracing", finding.Exact, "X-Ray"},
		"no VPC":                   {map[string]string{"b": web + "\nlambda: {vpc: false}"}, "services.b.lambda.vpc", finding.Exact, "in no VPC"},
		"a VPC":                    {map[string]string{"b": web + "\nlambda: {vpc: true}"}, "services.b.lambda.vpc", finding.Exact, "subnetIds"},
		"a health path":            {map[string]string{"b": web}, "services.b.health.path", finding.Approximate, "a status below 500"},
		"audiences": {
			map[string]string{"b": "http: {routes: [GET /b], auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}"},
			"services.b.http.auth.jwt.audience", finding.Approximate, "client_id",
		},
		"methods of CORS by routes": {
			map[string]string{"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com]}}"},
			"services.a.http.cors.methods", finding.Exact, "those of the routes: GET",
		},
		"methods of CORS by routes of all services": {
			map[string]string{"a": "http: {routes: [GET /a], cors: {origins: [https://x.example.com]}}", "b": "http: {routes: [POST /b], cors: {origins: [https://x.example.com]}}"},
			"services.a.http.cors.methods", finding.Approximate, "of all services: GET, POST",
		},
		"route of an internal service": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], internal: true}"},
			"services.b.http.routes[0]", finding.Approximate, "for requests that are signed by a",
		},
		"call of an internal service": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], internal: true}"},
			"services.a.needs[0]", finding.Approximate, "signed with SigV4",
		},
		"who checks tokens in pods": {
			map[string]string{"b": "http: {routes: [GET /b], auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}\nkubernetes: {auth: app}"},
			"services.b.kubernetes.auth", finding.Approximate, "the app finds JWT_ISSUER and JWT_AUDIENCE here too",
		},
		"Envoy, which checks tokens of pods": {
			map[string]string{"b": "http: {routes: [GET /b], auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}\nkubernetes: {auth: envoy, jwks: https://x.example.com/keys, gateway: {name: public}}"},
			"services.b.kubernetes.auth", finding.Dropped, "an authorizer of the API checks tokens",
		},
		"the runtime's port":                                  {map[string]string{"b": web + "\nport: 9001"}, "services.b.port", finding.Refused, "runtime API listens there"},
		"a port below 1024":                                   {map[string]string{"b": web + "\nport: 80"}, "services.b.port", finding.Refused, "cannot bind ports below 1024"},
		"a port of an app that has none":                      {map[string]string{"b": web + "\nport: 80\nlambda: {handler: native}"}, "services.b.port", finding.Dropped, "nothing connects"},
		"Lambda Insights' port":                               {map[string]string{"b": web + "\nport: 3000"}, "services.b.port", finding.Approximate, "Lambda Insights"},
		"an ordinary port":                                    {map[string]string{"b": web + "\nport: 1024"}, "services.b.port", finding.Exact, "AWS_LWA_PORT"},
		"more memory than a new account has":                  {map[string]string{"b": web + "\nmemory: 3009Mi"}, "services.b.memory", finding.Exact, "a new account's largest function has 3,008 MB"},
		"more than a new account has, for the function alone": {map[string]string{"b": web + "\nlambda: {memory: 4Gi}"}, "services.b.lambda.memory", finding.Exact, "a new account's largest function has 3,008 MB"},
		"more CPU than a new account has":                     {map[string]string{"b": web + "\ncpu: 2"}, "services.b.cpu", finding.Approximate, "a new account's largest function has 3,008 MB"},
		"a long start":                                        {map[string]string{"b": web + "\nhealth: {startup: 5m}"}, "services.b.health.startup", finding.Dropped, "10 s to start"},
		"bodies that no invocation carries":                   {map[string]string{"b": "http: {routes: [GET /b], maxBody: 20Mi}"}, "services.b.http.maxBody", finding.Refused, "at most 6Mi"},
		"bodies that an invocation carries":                   {map[string]string{"b": "http: {routes: [GET /b], maxBody: 6Mi}"}, "services.b.http.maxBody", finding.Dropped, "6 MB"},
		"connections":                                         {map[string]string{"b": web + "\nconnections: 10"}, "services.b.connections", finding.Dropped, "up to 1000"},
		"connections of a function with bounds":               {map[string]string{"b": web + "\nconnections: 10\nconcurrency: 4\nscale: {max: 3}\nlambda: {reserved: true}"}, "services.b.connections", finding.Dropped, "up to 12, more than the 10 allowed"},
		"connections that are enough":                         {map[string]string{"b": web + "\nconnections: 12\nconcurrency: 4\nscale: {max: 3}\nlambda: {reserved: true}"}, "services.b.connections", finding.Dropped, "so the service can hold up to 12"},
		"service that only others of the app call": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": web},
			"services.b.http.routes[0]", finding.Approximate, "GET /b of the HTTP API, which is open to anyone on the internet, not only to a",
		},
		"service that others of the app call, behind a token": {
			map[string]string{"a": "needs: [b]\nhttp: {routes: [GET /a]}", "b": "http: {routes: [GET /b], auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}"},
			"services.b.http.routes[0]", finding.Exact, "",
		},
		"more statements than a policy holds": {
			map[string]string{"a": "http: {routes: [GET /a]}\npermissions: [{actions: [s3:GetObject], resources: [\"arn:aws:s3:::" + strings.Repeat("x", 9500) + "\"]}]"},
			"services.a.permissions", finding.Refused, "10240 bytes",
		},
		"route by the name of a WebSocket": {
			map[string]string{"a": "http: {routes: [GET /chat/ws]}"},
			"services.a.http.routes[0]", finding.Approximate, "if the route is for a WebSocket, this target cannot serve it",
		},
		"route by the name of a stream": {
			map[string]string{"a": "http: {routes: [\"GET /{room}/sse\"]}"},
			"services.a.http.routes[0]", finding.Approximate, "a stream of events",
		},
		"parameter by the name of a WebSocket": {
			map[string]string{"a": "http: {routes: [\"GET /{ws}\"]}"},
			"services.a.http.routes[0]", finding.Exact, "",
		},
		"reason that nothing needs": {
			map[string]string{"a": "http: {routes: [GET /a]}\npermissions: [{actions: [s3:GetObject], resources: [\"arn:aws:s3:::x/*\"], why: habit}]"},
			"services.a.permissions[0].why", finding.Dropped, "",
		},
		"variables and addresses that do not fit": {
			map[string]string{"a": "needs: [b]\nenv: {X_VALUE: " + strings.Repeat("x", 3980) + "}\nhttp: {routes: [GET /a]}", "b": web},
			"services.a.env", finding.Refused, "4096 bytes",
		},
		"variables that fit": {
			map[string]string{"a": "env: {X_VALUE: " + strings.Repeat("x", 3980) + "}\nhttp: {routes: [GET /a]}"},
			"services.a.env.X_VALUE", finding.Exact, "",
		},
		"more warm environments than are reserved": {
			map[string]string{"a": "concurrency: 2\nscale: {min: 0, max: 2}\nlambda: {provisioned: 5, reserved: true}\nhttp: {routes: [GET /a]}"},
			"services.a.lambda.provisioned", finding.Refused, "at most the 4",
		},
		"as many": {
			map[string]string{"a": "concurrency: 2\nscale: {min: 0, max: 2}\nlambda: {provisioned: 4, reserved: true}\nhttp: {routes: [GET /a]}"},
			"services.a.lambda.provisioned", finding.Exact, "",
		},
		"bound": {
			map[string]string{"a": "concurrency: 2\nscale: {max: 3}\nlambda: {reserved: true}\nhttp: {routes: [GET /a]}"},
			"services.a.scale.max", finding.Exact, "6 requests",
		},
		"no bound": {
			map[string]string{"a": "scale: {max: 3}\nhttp: {routes: [GET /a]}"},
			"services.a.scale.max", finding.Dropped, "lambda.reserved",
		},
		"minimum without warm environments": {
			map[string]string{"a": "scale: {min: 3}\nhttp: {routes: [GET /a]}"},
			"services.a.scale.min", finding.Dropped, "lambda.provisioned",
		},
		"scaling by requests": {
			map[string]string{"a": "scale: {requests: 100/s}\nkubernetes: {metric: requests}\nhttp: {routes: [GET /a]}"},
			"services.a.scale.requests", finding.Dropped, "",
		},
		"what only Kubernetes has": {
			map[string]string{"a": "kubernetes: {ingress: {class: nginx}}\nhttp: {routes: [GET /a]}"},
			"services.a.kubernetes.ingress.class", finding.Dropped, "",
		},
		"timeout above the API's": {
			map[string]string{"a": "timeout: 31s\nhttp: {routes: [GET /a]}"},
			"services.a.timeout", finding.Refused, "30s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := resolve(t, c.services)
			kind, messages := find(findings, c.path)
			if kind != c.kind || !strings.Contains(messages, c.message) {
				t.Errorf("%s is %q: %s, want %q: ...%s...", c.path, kind, messages, c.kind, c.message)
			}
			refused := findings.Refused()
			if c.kind != finding.Refused && len(refused) > 0 {
				t.Errorf("refused: %v", refused)
			}
		})
	}
}

// Each route is behind the authorizer or open, once; a preflight request never
// meets an authorizer, and no service's own OPTIONS route is declared twice.
func TestPreflights(t *testing.T) {
	const auth = "auth: {jwt: {issuer: https://login.example.com/x, audience: [shop]}}"
	model, findings := resolve(t, map[string]string{
		"a": "http: {routes: [ANY /, \"ANY /x/{id}\", \"ANY /y/{id}\", OPTIONS /z, GET /z], " + auth + "}",
		"b": "http: {routes: [\"OPTIONS /x/{other}\"]}",
		"c": "http: {routes: [ANY /c]}",
	})
	if refused := findings.Refused(); len(refused) > 0 {
		t.Fatal(refused)
	}
	a := model.Services[0]
	if want := []string{"ANY /", "ANY /x/{id}", "ANY /y/{id}", "GET /z"}; !slices.Equal(a.Routes, want) {
		t.Errorf("behind the authorizer: %v, want %v", a.Routes, want)
	}
	if want := []string{"OPTIONS /", "OPTIONS /y/{id}", "OPTIONS /z"}; !slices.Equal(a.OpenRoutes, want) {
		t.Errorf("open: %v, want %v", a.OpenRoutes, want)
	}
	for _, s := range model.Services[1:] {
		if s.Authorizer != "" || s.OpenRoutes != nil {
			t.Errorf("%s has no http.auth, and has authorizer %q, open routes %v", s.Name, s.Authorizer, s.OpenRoutes)
		}
	}
	for i, want := range []finding.Kind{finding.Approximate, finding.Exact, finding.Approximate, finding.Approximate, finding.Exact} {
		if kind, messages := find(findings, fmt.Sprintf("services.a.http.routes[%d]", i)); kind != want || strings.Count(messages, "\n") != 1 {
			t.Errorf("route %d is %s: %swant one finding, %s", i, kind, messages, want)
		}
	}
}

// Services share an authorizer when they take the same tokens, and only then.
func TestAuthorizers(t *testing.T) {
	service := func(route, issuer, audience string) string {
		return fmt.Sprintf("http: {routes: [GET /%s], auth: {jwt: {issuer: %s, audience: [%s]}}}", route, issuer, audience)
	}
	model, _ := resolve(t, map[string]string{
		"a": service("a", "https://login.example.com/1", "shop, web"),
		"b": service("b", "https://login.example.com/1", "web, shop"),
		"c": service("c", "https://login.example.com/2", "shop, web"),
	})
	want := []lambda.Authorizer{
		{Name: "login-example-com-shop", Issuer: "https://login.example.com/1", Audience: []string{"shop", "web"}},
		{Name: "login-example-com-shop-2", Issuer: "https://login.example.com/2", Audience: []string{"shop", "web"}},
	}
	if !reflect.DeepEqual(model.Authorizers, want) {
		t.Errorf("authorizers are %+v, want %+v", model.Authorizers, want)
	}
	for i, name := range []string{want[0].Name, want[0].Name, want[1].Name} {
		if got := model.Services[i].Authorizer; got != name {
			t.Errorf("service %s has authorizer %s, want %s", model.Services[i].Name, got, name)
		}
	}
}

// What an API has once is made of what all services say.
func TestShared(t *testing.T) {
	model, _ := resolve(t, map[string]string{
		"a": "lambda: {logRetentionDays: 7}\nhttp: {routes: [POST /a, GET /a], domain: z.example.com, cors: {origins: [https://x.example.com], maxAge: 1m, credentials: true}}",
		"b": "lambda: {logRetentionDays: 90}\nhttp: {routes: [DELETE /b, GET /b], domain: a.example.com, cors: {origins: [https://x.example.com], maxAge: 1m, credentials: true}}",
		"c": "http: {routes: [GET /c], domain: z.example.com}",
	})
	cors := &lambda.CORS{Origins: []string{"https://x.example.com"}, Methods: []string{"GET", "POST", "DELETE"}, Credentials: true, MaxAgeSeconds: 60}
	if !reflect.DeepEqual(model.CORS, cors) {
		t.Errorf("CORS is %+v, want %+v", model.CORS, cors)
	}
	if want := []string{"a.example.com", "z.example.com"}; !slices.Equal(model.Domains, want) {
		t.Errorf("domains are %v, want %v", model.Domains, want)
	}
	if model.AccessLogRetentionDays != 90 {
		t.Errorf("access logs are kept for %d days, want 90, the longest of the services' own", model.AccessLogRetentionDays)
	}
}

// An app that checks tokens itself in pods finds which are good on Lambda too.
func TestTokenVariables(t *testing.T) {
	for auth, want := range map[string]string{"app": "JWT_AUDIENCE=x,z JWT_ISSUER=https://i.example.com", "envoy, jwks: https://i.example.com/keys, gateway: {name: public}": ""} {
		model, _ := resolve(t, map[string]string{"a": "http: {routes: [GET /a], auth: {jwt: {issuer: https://i.example.com, audience: [x, z]}}}\nkubernetes: {auth: " + auth + "}"})
		var got []string
		for _, v := range model.Services[0].Environment {
			if strings.HasPrefix(v.Name, "JWT_") {
				got = append(got, v.Name+"="+v.Value)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %s", auth, got, want)
		}
	}
}
