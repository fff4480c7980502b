package lambda

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// expected is what the tests expect of the stack. What they expect of each service is in the
// file named after it; the rest of these files is about any app.
var expected = expectations{
	services: []wanted{
		billingWanted,
		ratesWanted,
		webWanted,
	},
	config: map[string]string{ // what a stack must set
		"subnetIds":        "subnet-1,subnet-2",
		"securityGroupIds": "sg-1",
	},
}

// expectations is what must be known of a stack to tell whether its resources are right.
type expectations struct {
	services []wanted
	config   map[string]string
}

// number is what the stack's configuration sets, or else the fallback.
func (s expectations) number(key string, fallback int) int {
	if n, err := strconv.Atoi(s.config[key]); err == nil {
		return n
	}
	return fallback
}

// wanted is the same for one service: its facts, and what those do not say.
type wanted struct {
	facts
	code        code
	variables   map[string]string
	permissions []statement // of its own
	rights      []rights    // what it needs beside them, as every function does its log
	also        []check     // what the service has beside what every service has
	settings    []change    // that this service has
}

// rights is a statement of a role's policy that names other resources.
type rights func(t stacktest.T, g *stacktest.Graph, policy *stacktest.Resource) statement

// check tells what is wrong with a service. It takes a stacktest.T rather than a *testing.T,
// so that it can be tried on a stack that is known to be broken.
type check func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations)

// change is a value for a setting of a service, with what it changes, and a bad value.
type change struct {
	setting, value, bad string
	apply               func(w *wanted)
}

// testable is code whose check and settings the tests know.
type testable interface {
	check(t stacktest.T, function *stacktest.Resource)
	changed() change
}

// stackSettings are those of the stack, with another value and a bad one for each.
var stackSettings = []struct{ setting, value, bad string }{
	{"throttleRate", "7", "0"},
	{"throttleBurst", "7", "many"},
	{"alarmTopicArn", "arn:aws:sns:us-east-1:123456789012:alarms", "alarms"},
	{"permissionsBoundaryArn", "arn:aws:iam::123456789012:policy/boundary", "arn:aws:iam::123456789012:role/no-policy"},
	{"subnetIds", "subnet-3", "10.0.0.0/24"},
	{"securityGroupIds", "sg-2", "default"},
}

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
)

// stackChecks are what must be true of the stack, and serviceChecks what must be true of
// each service, whatever else a team adds.
var stackChecks = []struct {
	name  string
	check func(t stacktest.T, g *stacktest.Graph, s expectations)
}{
	{"API is served at the root of its URL", checkGateway},
	{"API logs and throttles requests", checkStage},
	{"alarms go off", checkAlarms},
	{"roles are bounded", checkBoundaries},
	{"nothing asks preflight requests for a token", checkPreflights},
}

var serviceChecks = []struct {
	name  string
	check check
}{
	{"function runs what app.yaml says", checkFunction},
	{"log group exists before the function", checkLogs},
	{"role may do the least", checkRole},
	{"alias points at a published version", checkAlias},
	{"resources say what they are for", checkTags},
	{"integration goes to the alias", checkIntegration},
	{"routes lead to the integration", checkRouting},
	{"permission is for the alias and for any route", checkPermission},
	{"the rest is what app.yaml says", func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		for _, c := range w.also {
			c(t, g, w, s)
		}
	}},
}

func TestStack(t *testing.T) {
	graph := deploy(t, nil)
	for _, c := range stackChecks {
		t.Run(c.name, func(t *testing.T) { c.check(t, graph, expected) })
	}
	for _, w := range expected.services {
		for _, c := range serviceChecks {
			t.Run(w.service+"/"+c.name, func(t *testing.T) { c.check(t, graph, w, expected) })
		}
	}
}

// checkAll holds a stack to everything that must be true of it.
func checkAll(t stacktest.T, g *stacktest.Graph, s expectations) {
	for _, c := range stackChecks {
		c.check(t, g, s)
	}
	for _, w := range s.services {
		for _, c := range serviceChecks {
			c.check(t, g, w, s)
		}
	}
}

// deploy runs the program with some of the stack's settings changed.
func deploy(t *testing.T, changed map[string]string) *stacktest.Graph {
	t.Helper()
	return stacktest.Run(t, Deploy, configuration(changed))
}

func configuration(changed map[string]string) map[string]string {
	config := maps.Clone(expected.config)
	maps.Copy(config, changed)
	return config
}

func checkFunction(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	function := g.One(t, functionType, w.name())
	w.code.(testable).check(t, function)
	for name, value := range w.variables {
		function.Want(t, "environment.variables."+name, value, "the app reads it")
	}
	function.Want(t, "snapStart", nil, "Lambda refuses it for images and for runtimes of the zip's own")
	function.Want(t, "architectures", []string{w.architecture}, "what it runs is built for this one")
	function.Want(t, "memorySize", w.memoryMB, "its CPU grows with its memory")
	function.Want(t, "timeout", w.timeoutSeconds, "it is the longest that a request may take")
	if w.memoryMB < 128 || w.memoryMB > 10240 {
		t.Errorf("%s: %d MB of memory: Lambda takes 128 to 10240", function, w.memoryMB)
	}
	if w.timeoutSeconds < 1 || w.timeoutSeconds > 30 {
		t.Errorf("%s: a timeout of %d s: an HTTP API gives up after 30", function, w.timeoutSeconds)
	}
}

// The function would create a missing log group itself, without retention, and would need
// the right to: terraform-aws-modules/terraform-aws-lambda#133.
func checkLogs(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	function, logs := g.One(t, functionType, w.name()), g.One(t, logGroupType, w.name())
	logs.Want(t, "name", "/aws/lambda/"+w.name()+"-"+stacktest.Stack, "two stacks in one account must not share it")
	checkRetention(t, logs)
	function.Want(t, "loggingConfig.logGroup", logs.Output("name"), "the function has a name of its own, and would log elsewhere", logs)
	function.Want(t, "loggingConfig.logFormat", "JSON", "the platform's own log lines can be searched by field")
}

// How long logs are kept is a matter of taste, among the numbers that CloudWatch offers.
func checkRetention(t stacktest.T, logs *stacktest.Resource) {
	days, _ := logs.Input("retentionInDays").(float64)
	if !slices.Contains(logRetentionChoices, int(days)) {
		t.Errorf("%s: logs are kept for %v days, want one of %v: without it they are kept, and paid for, for ever", logs, logs.Input("retentionInDays"), logRetentionChoices)
	}
}

func checkAlias(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	function, alias := g.One(t, functionType, w.name()), g.One(t, aliasType, w.name())
	function.Want(t, "publish", true, "without a new version, the alias goes on serving the old code")
	alias.Want(t, "name", "live", "callers know it by this name")
	alias.Want(t, "functionName", function.Output("name"), "it is this function's", function)
	alias.Want(t, "functionVersion", function.Output("version"), "each deployment moves it to what was just published", function)
}

func checkTags(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	for _, typ := range []string{functionType, logGroupType, roleType} {
		wantTags(t, g.One(t, typ, w.name()), w.service)
	}
}

// wantTags requires the tags of a service's resource, or of what belongs to none.
func wantTags(t stacktest.T, r *stacktest.Resource, service string) {
	r.Want(t, "tags.app", app, "bills and tools go by it")
	if service != "" {
		r.Want(t, "tags.service", service, "bills and tools go by it")
	}
}

// within requires a number within bounds, both included: which one is a matter of taste.
func within(t stacktest.T, r *stacktest.Resource, path string, least, most float64, why string) {
	if got, ok := r.Input(path).(float64); !ok || got < least || got > most {
		t.Errorf("%s: %s is %v, want a number from %v to %v: %s", r, path, r.Input(path), least, most, why)
	}
}

// A setting changes what it says and nothing else: every check holds with that one
// expectation changed, and the same resources exist.
func TestSettings(t *testing.T) {
	before := deploy(t, nil)
	var broken stacktest.Complaints
	if checkAll(&broken, before, expected); len(broken) > 0 {
		t.Skip("the stack is broken without any: TestStack says how")
	}
	try := func(setting, value string, apply func(s *expectations, after *stacktest.Graph)) {
		t.Run(setting, func(t *testing.T) {
			after := deploy(t, map[string]string{setting: value})
			changed := expectations{slices.Clone(expected.services), configuration(map[string]string{setting: value})}
			apply(&changed, after)
			checkAll(t, after, changed)
			if got := after.Names(); !slices.Equal(got, before.Names()) {
				t.Errorf("other resources exist with it: %v, without it: %v", got, before.Names())
			}
		})
	}
	for _, s := range stackSettings {
		try(s.setting, s.value, func(*expectations, *stacktest.Graph) {})
	}
	for i, w := range expected.services {
		for _, c := range settingsOf(w) {
			try(w.service+"."+c.setting, c.value, func(s *expectations, _ *stacktest.Graph) { c.apply(&s.services[i]) })
		}
		days := another(w.logRetentionDays, 7, 14)
		try(w.service+".logRetentionDays", fmt.Sprint(days), func(_ *expectations, after *stacktest.Graph) {
			after.One(t, logGroupType, w.name()).Want(t, "retentionInDays", days, "the stack says so")
		})
	}
}

// settingsOf lists the settings of a service that change what its checks expect.
func settingsOf(w wanted) []change {
	memory := another(w.memoryMB, 256, 512)
	return append([]change{
		w.code.(testable).changed(),
		{"memory", fmt.Sprintf("%dMi", memory), "64Mi", func(other *wanted) { other.memoryMB = memory }},
	}, w.settings...)
}

// Bad settings are refused, all of them at once, before anything is declared.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{}
	for _, s := range stackSettings {
		bad[s.setting] = s.bad
	}
	for _, w := range expected.services {
		for _, c := range settingsOf(w) {
			bad[w.service+"."+c.setting] = c.bad
		}
		bad[w.service+".logRetentionDays"] = "2"
		bad[w.service+".no-such-setting"] = "1"
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
