package lambda

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// expected is what the tests expect of the stack. What they expect of each service
// stands in the file named after it; the rest of these files is about any app.
var expected = facts{
	throttleRate:  throttleRate,
	throttleBurst: throttleBurst,
	services: []service{
		apiLinuxFacts,
		appFacts,
		loadTestFacts,
		mainFacts,
		settingsFacts,
		typeFacts,
	},
}

// facts is what must be known of a stack to tell whether its resources are right.
type facts struct {
	throttleRate, throttleBurst     int
	alarmTopic, permissionsBoundary string // empty for none
	services                        []service
}

// service is the same for one service.
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
	apiType         = "aws:apigatewayv2/api:Api"
	stageType       = "aws:apigatewayv2/stage:Stage"
	routeType       = "aws:apigatewayv2/route:Route"
	integrationType = "aws:apigatewayv2/integration:Integration"
	permissionType  = "aws:lambda/permission:Permission"
	aliasType       = "aws:lambda/alias:Alias"
	functionType    = "aws:lambda/function:Function"
	logGroupType    = "aws:cloudwatch/logGroup:LogGroup"
	alarmType       = "aws:cloudwatch/metricAlarm:MetricAlarm"
	roleType        = "aws:iam/role:Role"
	policyType      = "aws:iam/rolePolicy:RolePolicy"
	secretType      = "aws:secretsmanager/secret:Secret"
)

// stackChecks are what must be true of the stack, and serviceChecks what must be
// true of each service, whatever else a team adds. Each takes a stacktest.T rather
// than a *testing.T, so that it can be tried on a stack that is known to be broken.
var stackChecks = []struct {
	name  string
	check func(t stacktest.T, g *stacktest.Graph, f facts)
}{
	{"API is served at the root of its URL", checkGateway},
	{"API logs and throttles requests", checkStage},
	{"alarms go off", checkAlarms},
	{"roles are bounded", checkBoundaries},
}

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
	{"routes lead to the integration", checkRouting},
	{"permission is for the alias and for any route", checkPermission},
}

func TestStack(t *testing.T) {
	graph := deploy(t, nil)
	for _, c := range stackChecks {
		t.Run(c.name, func(t *testing.T) { c.check(t, graph, expected) })
	}
	for _, s := range expected.services {
		for _, c := range serviceChecks {
			t.Run(s.key+"/"+c.name, func(t *testing.T) { c.check(t, graph, s) })
		}
	}
}

// checkAll holds a stack to everything that must be true of it.
func checkAll(t stacktest.T, g *stacktest.Graph, f facts) {
	for _, c := range stackChecks {
		c.check(t, g, f)
	}
	for _, s := range f.services {
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

// configuration is what a stack must set, and some changes to it.
func configuration(changed map[string]string) map[string]string {
	config := map[string]string{}
	for _, s := range expected.services {
		if s.zip != "" {
			config[s.key+".zip"] = s.zip
		}
	}
	maps.Copy(config, changed)
	return config
}

func checkFunction(t stacktest.T, g *stacktest.Graph, s service) {
	function := g.One(t, functionType, s.name)
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
	function := g.One(t, functionType, s.name)
	for name, value := range s.variables {
		function.Want(t, "environment.variables."+name, value, "the app reads it")
	}
	for name, ref := range s.secrets {
		from := g.One(t, secretType, ref.name)
		function.Want(t, "environment.variables."+name, fmt.Sprintf("%s:%s::", from.Output("arn"), ref.key),
			"the app finds its secret by it, and the value stays out of the stack", from)
		if text, _ := from.Inputs["description"].(string); !strings.Contains(text, ref.key) {
			t.Errorf("%s: its description %q does not say that its value needs the key %s", from, text, ref.key)
		}
	}
}

// The function would create a missing log group itself, without retention, and
// would need the right to: terraform-aws-modules/terraform-aws-lambda#133.
func checkLogs(t stacktest.T, g *stacktest.Graph, s service) {
	function, logs := g.One(t, functionType, s.name), g.One(t, logGroupType, s.name)
	logs.Want(t, "name", "/aws/lambda/"+s.name+"-"+stacktest.Stack, "two stacks in one account must not share it")
	logs.Want(t, "retentionInDays", s.logRetentionDays, "logs without it are kept, and paid for, for ever")
	function.Want(t, "loggingConfig.logGroup", logs.Output("name"), "the function has a name of its own, and would log elsewhere", logs)
	function.Want(t, "loggingConfig.logFormat", "JSON", "the platform's own log lines can be searched by field")
}

func checkAlias(t stacktest.T, g *stacktest.Graph, s service) {
	function, alias := g.One(t, functionType, s.name), g.One(t, aliasType, s.name)
	function.Want(t, "publish", true, "without a new version, the alias goes on serving the old code")
	alias.Want(t, "name", "live", "callers know it by this name")
	alias.Want(t, "functionName", function.Output("name"), "it is this function's", function)
	alias.Want(t, "functionVersion", function.Output("version"), "each deployment moves it to what was just published", function)
}

// A setting changes what it says and nothing else: every check holds with that
// one expectation changed, and the same resources exist.
func TestSettings(t *testing.T) {
	before := deploy(t, nil)
	var broken stacktest.Complaints
	if checkAll(&broken, before, expected); len(broken) > 0 {
		t.Skip("the stack is broken without any: TestStack says how")
	}
	try := func(setting, value string, apply func(f *facts)) {
		t.Run(setting, func(t *testing.T) {
			want := expected
			want.services = slices.Clone(expected.services)
			apply(&want)
			after := deploy(t, map[string]string{setting: value})
			checkAll(t, after, want)
			if got := after.Names(); !slices.Equal(got, before.Names()) {
				t.Errorf("other resources exist with it: %v, without it: %v", got, before.Names())
			}
		})
	}
	for i, s := range expected.services {
		memory := another(s.memoryMB, 256, 512)
		try(s.key+".memory", fmt.Sprintf("%dMi", memory), func(f *facts) { f.services[i].memoryMB = memory })
		retention := another(s.logRetentionDays, 7, 14)
		try(s.key+".logRetentionDays", fmt.Sprint(retention), func(f *facts) { f.services[i].logRetentionDays = retention })
		if s.zip != "" {
			try(s.key+".zip", "stack.go", func(f *facts) { f.services[i].zip = "stack.go" })
			continue
		}
		host, _, _ := strings.Cut(s.image, "/")
		try(s.key+".image", host+"/another:2", func(f *facts) { f.services[i].image = host + "/another:2" })
	}
	try("throttleRate", "7", func(f *facts) { f.throttleRate = 7 })
	try("throttleBurst", "7", func(f *facts) { f.throttleBurst = 7 })
	topic := "arn:aws:sns:us-east-1:123456789012:alarms"
	try("alarmTopicArn", topic, func(f *facts) { f.alarmTopic = topic })
	boundary := "arn:aws:iam::123456789012:policy/boundary"
	try("permissionsBoundaryArn", boundary, func(f *facts) { f.permissionsBoundary = boundary })
}

// Bad settings are refused, all of them at once, before anything is declared.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{
		"throttleRate":           "0",
		"throttleBurst":          "many",
		"alarmTopicArn":          "alarms",
		"permissionsBoundaryArn": "arn:aws:iam::123456789012:role/no-policy",
	}
	for _, s := range expected.services {
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
