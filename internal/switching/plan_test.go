package switching_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/internal/switching"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// shop moves by weights, by a queue and by a schedule; admin stays.
const shop = `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
switch: {}
data: {jobs: {queue: {}}}
services:
  admin:
    targets: [lambda]
    http: {routes: [GET /admin]}
  api:
    timeout: 10s
    needs: [inner]
    http: {routes: ["GET /items/{id}", "HEAD /items", "POST /items", "ANY /all"], domain: shop.example.com}
    kubernetes: {ingress: {class: alb, scheme: internet-facing}}
  inner:
    http: {routes: [GET /inner], internal: true}
  pack:
    queue: {from: jobs}
    kubernetes: {identity: pod-identity}
  report:
    schedule: {cron: "0 6 * * *"}
`

func resolved(t testing.TB, text string) *target.Resolved {
	t.Helper()
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := target.Resolve(app)
	if err := r.Problems("app.yaml", app.Targets...).Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// everywhere is the shop without what only one target has.
func everywhere(t testing.TB) *target.Resolved {
	return resolved(t, strings.Replace(shop, "    targets: [lambda]\n", "", 1))
}

// deployed are the outputs of stacks as the spec is, with all requests and messages on Lambda.
func deployed() map[switching.Program]switching.Outputs {
	return map[switching.Program]switching.Outputs{
		switching.OfLambda: {Values: map[string]any{"dns:lambda.shop.example.com": "d-1.execute-api.us-east-1.amazonaws.com"}},
		switching.OfKubernetes: {Values: map[string]any{
			"admin.address": "http://shop-admin.default.svc", "api.address": "http://shop-api.default.svc", "inner.address": "http://shop-inner.default.svc",
		}},
		switching.OfData:    {Values: map[string]any{"region": "us-east-1", "consumer": "lambda", "jobs.url": "https://sqs/jobs", "jobs.arn": "arn:aws:sqs:us-east-1:1:jobs"}},
		switching.OfTraffic: {Values: map[string]any{"lambda": 100.0, "kubernetes": 0.0}},
	}
}

func titles(p *switching.Plan) (list []string) {
	for _, s := range p.Steps {
		title := s.Title
		if s.Done {
			title += " (done)"
		}
		list = append(list, title)
	}
	return list
}

func commands(p *switching.Plan, step int) string { return strings.Join(p.Steps[step].Commands, "\n") }

func TestStepsInOrder(t *testing.T) {
	p := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes})
	want := []string{
		"Deploy kubernetes beside lambda, both as the spec is now",
		"Begin the traffic's stack, with all requests on lambda",
		"Send 1 % of the requests to kubernetes", "Send 10 % of the requests to kubernetes",
		"Send 50 % of the requests to kubernetes", "Send 100 % of the requests to kubernetes",
		"Move the queue jobs and the schedule of report to kubernetes",
		"Destroy the stack of lambda",
	}
	if got := titles(p); !slices.Equal(got, want) {
		t.Fatalf("the steps are\n%s", strings.Join(got, "\n"))
	}
	for step, want := range map[int]string{
		0: "pulumi up -C stacks/data --stack main\npulumi up --stack lambda\npulumi up --stack kubernetes",
		3: "pulumi config set -C stacks/traffic --stack main lambda 90\npulumi config set -C stacks/traffic --stack main kubernetes 10\npulumi up -C stacks/traffic --stack main",
		6: "pulumi config set -C stacks/data --stack main consumer kubernetes\npulumi up -C stacks/data --stack main\npulumi up --stack kubernetes\npulumi up --stack lambda",
		7: "pulumi destroy --stack lambda",
	} {
		if got := commands(p, step); got != want {
			t.Errorf("step %d is\n%s", step+1, got)
		}
	}
	if got := commands(p, 1); !strings.Contains(got, `lambda.shop.example.com "$(pulumi stack output --stack lambda dns:lambda.shop.example.com)"`) ||
		!strings.Contains(got, `kubernetes.shop.example.com "$(kubectl get ingress shop-api -n default -o jsonpath='{.status.loadBalancer.ingress[0].hostname}')"`) ||
		!strings.HasSuffix(got, "main lambda 100\npulumi config set -C stacks/traffic --stack main kubernetes 0\npulumi up -C stacks/traffic --stack main") {
		t.Errorf("the traffic's stack begins with\n%s", got)
	}
}

// Whatever was done leads back by the commands of the step: messages first, as they went last, and
// all requests on the old target.
func TestBack(t *testing.T) {
	p := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Lambda})
	weights := []string{"pulumi config set -C stacks/traffic --stack main kubernetes 100", "pulumi config set -C stacks/traffic --stack main lambda 0", "pulumi up -C stacks/traffic --stack main"}
	consumer := []string{"pulumi config set -C stacks/data --stack main consumer kubernetes", "pulumi up -C stacks/data --stack main", "pulumi up --stack kubernetes", "pulumi up --stack lambda"}
	for i, s := range p.Steps {
		want := []string(nil)
		switch {
		case s.Share != nil:
			want = weights
		case strings.HasPrefix(s.Title, "Move"):
			want = slices.Concat(consumer, weights)
		case strings.HasPrefix(s.Title, "Destroy"):
			want = slices.Concat([]string{"pulumi up --stack kubernetes", "ambi switch --to kubernetes --remote --check"}, consumer, weights)
		case s.NoBack == "":
			t.Errorf("step %d has no way back, and does not say why", i+1)
		}
		if !slices.Equal(s.Back, want) {
			t.Errorf("back from step %d are\n%s", i+1, strings.Join(s.Back, "\n"))
		}
	}
}

// Outputs say which steps are done, and what is missing.
func TestDone(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(map[switching.Program]switching.Outputs)
		done   int // the steps from the first on
	}{
		{"all on lambda", func(map[switching.Program]switching.Outputs) {}, 2},
		{"one in ten", func(o map[switching.Program]switching.Outputs) {
			o[switching.OfTraffic] = switching.Outputs{Values: map[string]any{"lambda": 90.0, "kubernetes": 10.0}}
		}, 4},
		{"by other weights", func(o map[switching.Program]switching.Outputs) {
			o[switching.OfTraffic] = switching.Outputs{Values: map[string]any{"lambda": 1.0, "kubernetes": 1.0}}
		}, 5},
		{"requests moved", func(o map[switching.Program]switching.Outputs) {
			o[switching.OfTraffic] = switching.Outputs{Values: map[string]any{"lambda": 0.0, "kubernetes": 1.0}}
		}, 6},
		{"all moved", func(o map[switching.Program]switching.Outputs) {
			o[switching.OfTraffic] = switching.Outputs{Values: map[string]any{"lambda": 0.0, "kubernetes": 1.0}}
			o[switching.OfData].Values["consumer"] = "kubernetes"
		}, 7},
		{"deployed before the switch", func(o map[switching.Program]switching.Outputs) {
			delete(o[switching.OfLambda].Values, "dns:lambda.shop.example.com")
		}, 0},
		{"data that is not deployed", func(o map[switching.Program]switching.Outputs) { delete(o[switching.OfData].Values, "jobs.url") }, 0},
	} {
		outputs := deployed()
		test.change(outputs)
		p := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes, Outputs: outputs})
		for i, s := range p.Steps {
			if test.done > 0 && s.Done != (i < test.done) || test.done == 0 && i == 0 && s.Done {
				t.Errorf("%s: step %d (%s) is done: %t", test.name, i+1, s.Title, s.Done)
			}
		}
		if len(p.Blocks()) != 1 { // what differs for callers
			t.Errorf("%s: blocked by %v", test.name, p.Blocks())
		}
	}
}

func TestBlocks(t *testing.T) {
	lossy := &replay.Result{Requests: 1000, Outcomes: replay.OutcomeCounts{replay.Served: 990, replay.ThrottledConcurrency: 10}}
	fine := &replay.Result{Requests: 1000, Outcomes: replay.OutcomeCounts{replay.Served: 1000}}
	outputs := deployed()
	outputs[switching.OfKubernetes] = switching.Outputs{Failed: "no stack named kubernetes"}
	for _, test := range []struct {
		name  string
		in    switching.Input
		block string // of its subject; empty for none
	}{
		{"what callers must take", switching.Input{}, "callers"},
		{"accepted", switching.Input{Accepted: []string{"services.api"}}, ""},
		{"a stack that cannot be read", switching.Input{Accepted: []string{"services.api"}, Outputs: outputs}, "stack kubernetes"},
		{"a stack that is always active", switching.Input{Accepted: []string{"services.api"}, Active: map[switching.Program]string{"lambda": "true"}}, "stack lambda"},
		{"a target that loses requests", switching.Input{Accepted: []string{"services.api"}, Behavior: map[string]switching.Behavior{"api": {By: map[int]*replay.Result{100: lossy}, Before: fine}}}, "simulation of api"},
		{"targets that lose the same", switching.Input{Accepted: []string{"services.api"}, Behavior: map[string]switching.Behavior{"api": {By: map[int]*replay.Result{100: lossy}, Before: lossy}}}, ""},
	} {
		test.in.Resolved, test.in.To = everywhere(t), spec.Kubernetes
		var blocks []string
		for _, c := range switching.New(test.in).Blocks() {
			blocks = append(blocks, c.Subject)
		}
		if got := strings.Join(blocks, ", "); got != test.block {
			t.Errorf("%s: blocked by %q, want %q", test.name, got, test.block)
		}
	}
}

// A stack that has services of its own stays; services that do not move say why.
func TestStays(t *testing.T) {
	p := switching.New(switching.Input{Resolved: resolved(t, shop), To: spec.Kubernetes})
	last := p.Steps[len(p.Steps)-1]
	if last.Title != "Keep the stack of lambda, which has admin" || len(last.Commands) > 0 {
		t.Errorf("the last step is %q: %v", last.Title, last.Commands)
	}
	back := switching.New(switching.Input{Resolved: resolved(t, shop), To: spec.Lambda})
	if last := back.Steps[len(back.Steps)-1]; last.Title != "Destroy the stack of kubernetes" {
		t.Errorf("the last step is %q", last.Title)
	}
	why := map[string]string{}
	for _, s := range p.Stays {
		why[s.Service] = s.Why
	}
	if !strings.Contains(why["admin"], "written for target lambda only") || !strings.Contains(why["inner"], "moves with them") || len(why) != 2 {
		t.Errorf("what stays is %v", why)
	}
	open := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes})
	if last := open.Steps[len(open.Steps)-1]; !slices.ContainsFunc(last.Notes, func(note string) bool {
		return strings.Contains(note, "callers of admin must use the address of kubernetes")
	}) {
		t.Errorf("nothing says that callers of admin use Lambda's address: %v", last.Notes)
	}
}

// Without queues, the stacks' own setting moves the schedules.
func TestSchedulesAlone(t *testing.T) {
	text := strings.Replace(shop, "data: {jobs: {queue: {}}}\n", "", 1)
	text = strings.Replace(text, "  pack:\n    queue: {from: jobs}\n    kubernetes: {identity: pod-identity}\n", "", 1)
	in := switching.Input{Resolved: resolved(t, text), To: spec.Kubernetes, Active: map[switching.Program]string{"lambda": "true", "kubernetes": "false"}, Accepted: []string{"services.api"}}
	p := switching.New(in)
	i := slices.IndexFunc(p.Steps, func(s switching.Step) bool { return s.Title == "Move the schedule of report to kubernetes" })
	if i < 0 {
		t.Fatalf("the steps are %v", titles(p))
	}
	want := "pulumi config set --stack kubernetes active true\npulumi up --stack kubernetes\npulumi config set --stack lambda active false\npulumi up --stack lambda"
	if got := commands(p, i); got != want || p.Steps[i].Done || len(p.Blocks()) > 0 {
		t.Errorf("done %t, blocked by %v, the schedule moves by\n%s", p.Steps[i].Done, p.Blocks(), got)
	}
	in.Active = map[switching.Program]string{"lambda": "false", "kubernetes": "true"}
	if p := switching.New(in); !p.Steps[i].Done {
		t.Error("the schedule has moved, and the step is not done")
	}
}

func TestStackNames(t *testing.T) {
	p := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes, Stacks: map[switching.Program]string{"lambda": "acme/prod-lambda", "traffic": "prod"}})
	for _, s := range p.Steps {
		for _, c := range append(s.Commands, s.Back...) {
			if strings.Contains(c, "--stack lambda") || strings.Contains(c, "stacks/traffic --stack main") {
				t.Errorf("%s names another stack", c)
			}
		}
	}
	for text, want := range map[string]bool{"main": true, "acme/prod": true, "acme/shop/prod-1.2_a": true, "": false, "a b": false, "$(rm)": false, "--force": false, "a/b/c/d": false} {
		if got := switching.IsStack(text); got != want {
			t.Errorf("%q is a stack: %t", text, got)
		}
	}
}

// Differences are what the targets found, of services whose callers move, and no exact likeness.
func TestDifferences(t *testing.T) {
	r := resolved(t, shop)
	all := switching.Differences(r, []string{"services.api.http"})
	if len(all) < 4 {
		t.Fatalf("only %d differences", len(all))
	}
	topics := map[switching.Topic]bool{}
	for _, d := range all {
		topics[d.Topic] = true
		if d.Service != "api" {
			t.Errorf("%s is noticed by no caller from outside", d.Path)
		}
		if d.Accepted != strings.HasPrefix(d.Path, "services.api.http.") {
			t.Errorf("%s is accepted: %t", d.Path, d.Accepted)
		}
		for _, target := range spec.Targets() {
			for _, said := range d.Of(target) {
				if !slices.ContainsFunc(r.Findings.Of(target), func(f finding.Finding) bool {
					return f.Path == d.Path && f.Kind == said.Kind && f.Message == said.Message
				}) {
					t.Errorf("%s on %s is no finding: %s", d.Path, target, said.Message)
				}
			}
		}
	}
	for _, topic := range []switching.Topic{switching.Paths, switching.Payloads, switching.Timeouts} {
		if !topics[topic] {
			t.Errorf("no difference of %s", topic)
		}
	}
	if err := switching.CheckAccepted(r, []string{"services.api.timeout", "services.api.http.routes"}); err != nil {
		t.Error(err)
	}
	err := switching.CheckAccepted(r, []string{"services.api.http.rout", "services.inner"})
	if got := problem.All(err); len(got) != 2 || got[0].Flag != "accept" || len(got[0].Hints) != 1 {
		t.Errorf("what accepts nothing: %v", err)
	}
}

// Every field of a service is noticed by callers, or is not: a new one must be put on one side.
func TestEveryFieldHasATopic(t *testing.T) {
	var walk func(of reflect.Type, path string)
	seen := map[string]bool{}
	walk = func(of reflect.Type, path string) {
		for _, f := range reflect.VisibleFields(of) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			at := strings.TrimPrefix(path+"."+name, ".")
			seen[at] = true
			if at == "http" || at == "kubernetes" {
				walk(f.Type, at)
			}
			if at == "http" { // each of its own
				continue
			}
			if !switching.HasTopic(at) {
				t.Errorf("no topic is known of %s", at)
			}
		}
	}
	walk(reflect.TypeFor[spec.Service](), "")
	for _, field := range switching.TopicFields() {
		if !seen[field] {
			t.Errorf("there is no field %s", field)
		}
	}
}

func TestNothingToSwitch(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(shop, "switch: {}\n", "", 1): "add switch: {}",
		"apiVersion: ambi/v1\nname: a\ntargets: [lambda]\nservices:\n  api: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1\", http: {routes: [GET /]}}\n": "add kubernetes to targets",
		"apiVersion: ambi/v1\nname: a\nservices:\n  api: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1\", http: {routes: [GET /]}}\n":                    "set http.domain of a service",
	} {
		app, err := spec.Parse("app.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		in := switching.Input{Resolved: target.Resolve(app)}
		if err := in.Check("app.yaml"); err == nil || !strings.Contains(err.Error(), want) || problem.All(err).Kind() != problem.Invalid {
			t.Errorf("%v, want %q", err, want)
		}
	}
	in := switching.Input{Resolved: resolved(t, shop)}
	if err := in.Check("app.yaml"); err != nil {
		t.Error(err)
	}
}

// Thresholds are twice what was simulated, at most the timeout, and no stricter than what ambi
// accepts; steps are as long as it takes to show that.
func TestWatch(t *testing.T) {
	run := func(p99ms int64, failed int64, pods int64) *replay.Result {
		r := &replay.Result{Requests: 100_000, Outcomes: replay.OutcomeCounts{replay.Served: 100_000 - failed, replay.FailedPod: failed}, Latency: replay.Latency{Count: 1, P99: p99ms * 1e6}}
		r.Gauges[replay.Instances].Max = pods
		return r
	}
	of := switching.Behavior{PerMonth: 2_628_000, By: map[int]*replay.Result{1: run(143, 0, 1), 10: run(6000, 400, 3)}, Before: run(80, 0, 1)} // 1 a second
	p := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes, Behavior: map[string]switching.Behavior{"api": of}})
	for _, want := range []struct {
		step             int
		seconds, arrive  int64
		p99, failed, few float64 // a negative one has no expectation of its own
	}{
		{2, 24 * 3600, 864, 290, .1, 2}, {3, 9 * 3600, 3240, 10_000, .8, 6}, {4, 2 * 3600, 3600, -1, .1, -1}, {5, 3000, 3000, -1, .1, -1},
	} {
		s := p.Steps[want.step]
		if s.Seconds != want.seconds || s.Requests == nil || *s.Requests != want.arrive {
			t.Errorf("%s: %d s, %v requests", s.Title, s.Seconds, s.Requests)
		}
		if few := slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, "fewer than the 3000 requests") }); few != (want.step == 2) {
			t.Errorf("%s: too few requests: %t", s.Title, few)
		}
		for figure, stop := range map[switching.Figure]float64{switching.P99: want.p99, switching.Failures: want.failed, switching.Pods: want.few} {
			i := slices.IndexFunc(s.Watch, func(w switching.Watch) bool { return w.Figure == figure && w.Target == spec.Kubernetes })
			switch {
			case i < 0 && stop < 0:
			case i < 0 || (s.Watch[i].Stop == nil) != (stop < 0):
				t.Errorf("%s: %s is not watched, or has no end", s.Title, figure)
			case stop >= 0 && (*s.Watch[i].Stop < stop*.999 || *s.Watch[i].Stop > stop*1.001):
				t.Errorf("%s: stop at a %s above %v, want %v", s.Title, figure, *s.Watch[i].Stop, stop)
			}
		}
	}
	if compare.AcceptableFailures != .001 {
		t.Error("the figures above rest on another acceptable part")
	}
	none := switching.New(switching.Input{Resolved: everywhere(t), To: spec.Kubernetes, Behavior: map[string]switching.Behavior{"api": {Unknown: problem.New("no usage").Hint("give it")}}})
	if len(none.Unsimulated) != 1 || none.Unsimulated[0].Why != "no usage" || none.Steps[2].Requests != nil || none.Steps[2].Seconds != 600 {
		t.Errorf("without usage: %v, %+v", none.Unsimulated, none.Steps[2])
	}
}
