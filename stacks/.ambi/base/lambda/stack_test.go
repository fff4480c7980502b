package lambda

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

// services are the app's services. What the tests expect of each stands in the
// file named after it; the rest of this file is about any app.
var services = []service{
	apiFacts,
}

// service is what must be known of a service to tell whether its resources are right.
type service struct {
	key  string // begins its settings: api in api.memory
	name string // of its resources

	image, zip                                 string // what it runs: one of them
	layers                                     []string
	architecture                               string
	memoryMB, timeoutSeconds, logRetentionDays int

	routes    []string
	variables map[string]string
	secrets   map[string]secret // by the variable that refers to it
}

// secret is one key of a secret in Secrets Manager.
type secret struct{ name, key string }

// The types of the resources, as Pulumi names them.
const (
	typeAPI         = "aws:apigatewayv2/api:Api"
	typeStage       = "aws:apigatewayv2/stage:Stage"
	typeRoute       = "aws:apigatewayv2/route:Route"
	typeIntegration = "aws:apigatewayv2/integration:Integration"
	typePermission  = "aws:lambda/permission:Permission"
	typeAlias       = "aws:lambda/alias:Alias"
	typeFunction    = "aws:lambda/function:Function"
	typeLogGroup    = "aws:cloudwatch/logGroup:LogGroup"
	typeRole        = "aws:iam/role:Role"
	typePolicy      = "aws:iam/rolePolicy:RolePolicy"
	typeSecret      = "aws:secretsmanager/secret:Secret"
)

// serviceChecks are what must be true of each service, whatever else a team adds
// to the stack. Each takes a stacktest.T rather than a *testing.T, so that it can
// be tried on a stack that is known to be broken.
var serviceChecks = []struct {
	name  string
	check func(t stacktest.T, g *stacktest.Graph, s service)
}{
	{"function runs what app.yaml says", checkFunction},
	{"function finds its variables and secrets", checkEnvironment},
	{"log group exists before the function", checkLogs},
	{"role may do the least", checkRole},
	{"alias points at a published version", checkAlias},
	{"integration goes to the alias", checkIntegration},
	{"routes lead to the integration", checkRoutes},
	{"permission is for the alias and for any route", checkPermission},
}

func TestStack(t *testing.T) {
	graph := deploy(t, nil)
	t.Run("API is served at the root of its URL", func(t *testing.T) { checkGateway(t, graph) })
	for _, s := range services {
		for _, c := range serviceChecks {
			t.Run(s.key+"/"+c.name, func(t *testing.T) { c.check(t, graph, s) })
		}
	}
}

// checkAll holds a stack to everything that must be true of it.
func checkAll(t stacktest.T, g *stacktest.Graph, services []service) {
	checkGateway(t, g)
	for _, s := range services {
		for _, c := range serviceChecks {
			c.check(t, g, s)
		}
	}
}

// deploy runs the program with some of the stack's settings changed.
func deploy(t *testing.T, changed map[string]string) *stacktest.Graph {
	t.Helper()
	return stacktest.Run(t, Deploy, configuration(changed))
}

func configuration(changed map[string]string) map[string]string {
	config := map[string]string{}
	for _, s := range services {
		if s.zip != "" {
			config[s.key+".zip"] = s.zip
		}
	}
	maps.Copy(config, changed)
	return config
}

func checkGateway(t stacktest.T, g *stacktest.Graph) {
	api := g.One(t, typeAPI, app)
	api.Want(t, "protocolType", "HTTP", "routes such as GET /x and payload format 2.0 belong to HTTP APIs")
	g.Exports.Want(t, "url", api.Output("apiEndpoint"), "it is where callers find the app")

	stage := g.One(t, typeStage, app)
	stage.Want(t, "apiId", api.Output("id"), "the stage serves this API", api)
	stage.Want(t, "name", "$default", "any other stage adds its name to all paths, and the URL lacks it")
	stage.Want(t, "autoDeploy", true, "without it a new route is declared and never answers")
}

func checkFunction(t stacktest.T, g *stacktest.Graph, s service) {
	function := g.One(t, typeFunction, s.name)
	if s.zip != "" {
		function.Want(t, "code", s.zip, "it is the app")
		function.Want(t, "runtime", "provided.al2023", "the zip's bootstrap brings its own runtime")
		function.Want(t, "handler", "bootstrap", "it is what the runtime starts")
		if len(s.layers) > 0 {
			function.Want(t, "layers", s.layers, "the app does not start without them")
		}
	} else {
		function.Want(t, "packageType", "Image", "Lambda expects a zip otherwise")
		function.Want(t, "imageUri", s.image, "it is the app")
	}
	function.Want(t, "snapStart", nil, "Lambda refuses it for images and for runtimes of the zip's own")
	function.Want(t, "architectures", []string{s.architecture}, "what it runs is built for this one")
	function.Want(t, "memorySize", s.memoryMB, "its CPU grows with its memory")
	function.Want(t, "timeout", s.timeoutSeconds, "it is the longest that a request may take")
	if s.memoryMB < 128 || s.memoryMB > 10240 {
		t.Errorf("%s: %d MB of memory: Lambda takes 128 to 10240", function, s.memoryMB)
	}
	if s.timeoutSeconds < 1 || s.timeoutSeconds > 30 {
		t.Errorf("%s: a timeout of %d s: an HTTP API gives up after 30", function, s.timeoutSeconds)
	}
}

func checkEnvironment(t stacktest.T, g *stacktest.Graph, s service) {
	function := g.One(t, typeFunction, s.name)
	for name, value := range s.variables {
		function.Want(t, "environment.variables."+name, value, "the app reads it")
	}
	for name, secret := range s.secrets {
		from := g.One(t, typeSecret, secret.name)
		function.Want(t, "environment.variables."+name, fmt.Sprintf("%s:%s::", from.Output("arn"), secret.key),
			"the app finds its secret by it, and the value stays out of the stack", from)
	}
}

// The function would create a missing log group itself, without retention, and
// would need the right to: terraform-aws-modules/terraform-aws-lambda#133.
func checkLogs(t stacktest.T, g *stacktest.Graph, s service) {
	function, logs := g.One(t, typeFunction, s.name), g.One(t, typeLogGroup, s.name)
	logs.Want(t, "name", "/aws/lambda/"+s.name+"-"+stacktest.Stack, "two stacks in one account must not share it")
	logs.Want(t, "retentionInDays", s.logRetentionDays, "logs without it are kept, and paid for, for ever")
	function.Want(t, "loggingConfig.logGroup", logs.Output("name"), "the function has a name of its own, and would log elsewhere", logs)
	function.Want(t, "loggingConfig.logFormat", "JSON", "the platform's own log lines can be searched by field")
}

// The role's policies must be there before the function is: it starts without
// its rights otherwise, see pulumi/pulumi-aws#2260.
func checkRole(t stacktest.T, g *stacktest.Graph, s service) {
	function, role, policy := g.One(t, typeFunction, s.name), g.One(t, typeRole, s.name), g.One(t, typePolicy, s.name)
	function.Want(t, "role", role.Output("arn"), "it is what the function may do", role)
	policy.Want(t, "role", role.Output("name"), "the policy is this role's", role)
	if !slices.Contains(function.Needs[""], policy.URN) {
		t.Errorf("%s: does not depend on %s: the role alone is not enough to start", function, policy)
	}

	trust := parsePolicy(t, role, "assumeRolePolicy")
	if want := (statement{Effect: "Allow", Principal: map[string]any{"Service": "lambda.amazonaws.com"}, Action: names{"sts:AssumeRole"}}); !reflect.DeepEqual(trust, []statement{want}) {
		t.Errorf("%s: assumeRolePolicy is %+v, want %+v: the Lambda service, and nobody else, may act as it", role, trust, want)
	}
	logs := g.One(t, typeLogGroup, s.name)
	want := []statement{{Effect: "Allow", Action: names{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: names{fmt.Sprint(logs.Output("arn"), ":log-stream:*")}}}
	from := []*stacktest.Resource{logs}
	var arns names
	for _, secret := range s.secrets {
		kept := g.One(t, typeSecret, secret.name)
		from, arns = append(from, kept), append(arns, fmt.Sprint(kept.Output("arn")))
	}
	slices.Sort(arns)
	if arns = slices.Compact(arns); len(arns) > 0 {
		want = append(want, statement{Effect: "Allow", Action: names{"secretsmanager:GetSecretValue"}, Resource: arns})
	}
	policy.Want(t, "policy", policy.Input("policy"), "it names them", from...)
	granted := parsePolicy(t, policy, "policy")
	for _, w := range want {
		if !slices.ContainsFunc(granted, func(s statement) bool { return reflect.DeepEqual(s, w) }) {
			t.Errorf("%s: does not allow %v on %v, which the function needs", policy, w.Action, w.Resource)
		}
	}
	for _, s := range granted {
		if slices.Contains(s.Resource, "*") || slices.Contains(s.Action, "*") {
			t.Errorf("%s: allows %v on %v: name the resources that the app needs", policy, s.Action, s.Resource)
		}
	}
}

func checkAlias(t stacktest.T, g *stacktest.Graph, s service) {
	function, alias := g.One(t, typeFunction, s.name), g.One(t, typeAlias, s.name)
	function.Want(t, "publish", true, "without a new version, the alias goes on serving the old code")
	alias.Want(t, "name", "live", "callers know it by this name")
	alias.Want(t, "functionName", function.Output("name"), "it is this function's", function)
	alias.Want(t, "functionVersion", function.Output("version"), "each deployment moves it to what was just published", function)
}

// Provisioned concurrency acts on an alias only. Whoever calls the function past
// it pays for warm instances that nobody reaches: hashicorp/terraform-provider-aws#28559.
func checkIntegration(t stacktest.T, g *stacktest.Graph, s service) {
	api, alias, integration := g.One(t, typeAPI, app), g.One(t, typeAlias, s.name), g.One(t, typeIntegration, s.name)
	integration.Want(t, "apiId", api.Output("id"), "it is this API's", api)
	integration.Want(t, "integrationType", "AWS_PROXY", "the function gets the whole request")
	integration.Want(t, "integrationUri", alias.Output("invokeArn"), "it must go to the alias, or provisioned concurrency would never be used", alias)
	integration.Want(t, "payloadFormatVersion", "2.0", "with another, the app sees every path as /: awslabs/aws-lambda-go-api-proxy#60")
	integration.Want(t, "timeoutMilliseconds", s.timeoutSeconds*1000, "the API must wait as long as the function may take")
}

func checkRoutes(t stacktest.T, g *stacktest.Graph, s service) {
	api, integration := g.One(t, typeAPI, app), g.One(t, typeIntegration, s.name)
	for _, key := range s.routes {
		route := g.One(t, typeRoute, key)
		route.Want(t, "apiId", api.Output("id"), "it is this API's", api)
		route.Want(t, "routeKey", key, "callers use it")
		route.Want(t, "target", fmt.Sprintf("integrations/%s", integration.Output("id")), "this service answers it", integration)
	}
}

// A source ARN with a third star answers 500 on the stage $default:
// terraform-aws-modules/terraform-aws-apigateway-v2#41.
func checkPermission(t stacktest.T, g *stacktest.Graph, s service) {
	api, alias, permission := g.One(t, typeAPI, app), g.One(t, typeAlias, s.name), g.One(t, typePermission, s.name)
	permission.Want(t, "function", alias.Output("functionName"), "the API calls this function", alias)
	permission.Want(t, "qualifier", alias.Output("name"), "the API calls the alias, and what is not permitted there fails with 500", alias)
	permission.Want(t, "action", "lambda:InvokeFunction", "it is what the API does")
	permission.Want(t, "principal", "apigateway.amazonaws.com", "API Gateway is who calls")
	permission.Want(t, "sourceArn", fmt.Sprintf("%s/*/*", api.Output("executionArn")), "this API alone may call, on any stage and any route", api)
}

// statement is one statement of a policy.
type statement struct {
	Effect           string
	Principal        map[string]any
	Action, Resource names
}

// names are one name or a list of them, as policies have both.
type names []string

func (n *names) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, (*[]string)(n)) == nil {
		return nil
	}
	*n = names{""}
	return json.Unmarshal(text, &(*n)[0])
}

func parsePolicy(t stacktest.T, r *stacktest.Resource, input string) []statement {
	t.Helper()
	text, _ := r.Input(input).(string)
	var document struct {
		Version   string
		Statement []statement
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Errorf("%s: %s is not a policy: %v", r, input, err)
	} else if document.Version != "2012-10-17" {
		t.Errorf("%s: %s has version %q: only 2012-10-17 has all of the language", r, input, document.Version)
	}
	for _, s := range document.Statement {
		slices.Sort(s.Action)
		slices.Sort(s.Resource)
	}
	return document.Statement
}

// A setting changes what it says and nothing else: every check holds with that
// one expectation changed, and the same resources exist.
func TestSettings(t *testing.T) {
	before := deploy(t, nil)
	var broken stacktest.Complaints
	if checkAll(&broken, before, services); len(broken) > 0 {
		t.Skip("the stack is broken without any: TestStack says how")
	}
	for i, s := range services {
		host, _, _ := strings.Cut(s.image, "/")
		memory := another(s.memoryMB, 256, 512)
		retention := another(s.logRetentionDays, 7, 14)
		for setting, change := range map[string]struct {
			value string
			apply func(*service)
		}{
			"memory":           {fmt.Sprintf("%dMi", memory), func(s *service) { s.memoryMB = memory }},
			"logRetentionDays": {fmt.Sprint(retention), func(s *service) { s.logRetentionDays = retention }},
			"image":            {host + "/another:2", func(s *service) { s.image = host + "/another:2" }},
			"zip":              {"stack.go", func(s *service) { s.zip = "stack.go" }},
		} {
			if s.zip == "" && setting == "zip" || s.zip != "" && setting == "image" {
				continue
			}
			t.Run(s.key+"."+setting, func(t *testing.T) {
				expected := slices.Clone(services)
				change.apply(&expected[i])
				after := deploy(t, map[string]string{s.key + "." + setting: change.value})
				checkAll(t, after, expected)
				if got, want := after.Names(), before.Names(); !slices.Equal(got, want) {
					t.Errorf("other resources exist with it: %v, without it: %v", got, want)
				}
			})
		}
	}
}

// Bad settings are refused, all of them at once, before anything is declared.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{}
	for _, s := range services {
		bad[s.key+".memory"] = "64Mi"
		bad[s.key+".logRetentionDays"] = "2"
		bad[s.key+".no-such-setting"] = "1"
		if s.zip != "" {
			bad[s.key+".zip"] = "not-built.zip"
		} else {
			bad[s.key+".image"] = "registry.example.com/not-in-ecr:1"
		}
	}
	graph, err := stacktest.Deploy(t, Deploy, configuration(bad))
	for key := range bad {
		if err == nil || !strings.Contains(err.Error(), stacktest.Project+":"+key) {
			t.Errorf("%s: %s is not refused: %v", key, bad[key], err)
		}
	}
	if len(graph.Resources) > 0 {
		t.Errorf("declared in spite of it: %v", graph.Names())
	}
}

func TestNoErrorIsLost(t *testing.T) {
	stacktest.LostErrors(t, ".")
}

// another returns the first of two values, or the second if the first is taken.
func another(taken, first, second int) int {
	if taken == first {
		return second
	}
	return first
}
