package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/internal/awsapi"
	"ambi/internal/lifecycle"
	"ambi/spec"
)

// switched are the specs between whose targets a test switches: a whole app, and a mixed one, of
// which a service moves from Lambda to Kubernetes while others stay where they are.
var switched = map[string]string{
	"whole": switchedApp + `
  work: {queue: {from: jobs}, uses: {files: [write]}, kubernetes: {namespace: life, identity: irsa}}
`,
	"onlambda":     fmt.Sprintf(mixedApp, "[lambda]"),
	"onboth":       fmt.Sprintf(mixedApp, "[lambda, kubernetes]"),
	"onkubernetes": fmt.Sprintf(mixedApp, "[kubernetes]"),
}

const (
	switchedApp = `apiVersion: ambi/v1
name: life
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/life:1
targets: [lambda, kubernetes]
switch: {}
data:
  jobs: {queue: {}}
  mails: {queue: {}}
  files: {bucket: {}}
  seen: {table: {key: id}}
services:
  api:
    http: {routes: ["GET /items"], domain: shop.example.com}
    uses: {jobs: [send], seen: [read]}
    kubernetes: {namespace: life, identity: irsa, ingress: {class: nginx, tlsSecret: shop}}
  mail: {queue: {from: mails}, kubernetes: {namespace: life, identity: irsa}}
  nightly: {schedule: {cron: "0 4 * * *"}, uses: {seen: [write]}, kubernetes: {namespace: life, identity: irsa}}`
	mixedApp = switchedApp + `
  admin: {targets: [lambda], http: {routes: ["GET /admin"], domain: admin.example.com}}
  search: {targets: [kubernetes], http: {routes: ["GET /search"]}, kubernetes: {namespace: life}}
  work: {targets: %s, queue: {from: jobs}, uses: {files: [write]}, kubernetes: {namespace: life, identity: irsa}}
`
)

// walk is the way of an app from one target to the other. Each of its stacks has a stand-in of
// its own, so that whatever exists is one stack's.
type walk struct {
	t      *testing.T
	build  *lifecycle.Program
	stacks map[spec.Target]*stack
	data   []awsapi.Resource // as it was first deployed
}

// setOut deploys the data.
func setOut(t *testing.T, build *lifecycle.Program, dir, variant string) *walk {
	t.Helper()
	w := &walk{t: t, build: build, stacks: map[spec.Target]*stack{}}
	for _, target := range append(spec.Targets(), lifecycle.DataTarget, lifecycle.TrafficTarget) {
		w.stacks[target] = startStack(t, dir, target)
		w.stacks[target].choose(build, target, variant)
	}
	w.creates(lifecycle.DataTarget)
	w.data = w.stacks[lifecycle.DataTarget].inAWS()
	return w
}

// inAWS are the resources that the stack has in AWS, with all that is known of them, by URN.
func (s *stack) inAWS() []awsapi.Resource {
	s.t.Helper()
	resources, err := awsapi.Resources([]byte(s.state()))
	if err != nil {
		s.t.Fatal(err)
	}
	slices.SortFunc(resources, func(a, b awsapi.Resource) int { return strings.Compare(a.URN, b.URN) })
	return resources
}

// creates deploys a stack that is not there, and returns what is there then.
func (w *walk) creates(target spec.Target) []string {
	w.t.Helper()
	s := w.stacks[target]
	if before := s.stand.Existing(); len(before) > 0 {
		w.t.Errorf("the stack %s has, before it is deployed, %v", target, before)
	}
	for urn, op := range s.up() {
		if op != "create" {
			w.t.Errorf("the first update of %s does %s %s", target, op, urn)
		}
	}
	if target == lifecycle.DataTarget {
		w.read()
	}
	return s.stand.Existing()
}

// read shows the app's stacks what the data's exports.
func (w *walk) read() {
	w.t.Helper()
	outputs := exports(w.t, w.stacks[lifecycle.DataTarget].state())
	for _, target := range spec.Targets() {
		w.stacks[target].withData(lifecycle.DataStack{App: "life", Outputs: outputs})
	}
}

// does updates a stack, which must take just these steps. The set of resources changes with those
// that create and delete alone.
func (w *walk) does(target spec.Target, want string) map[string]string {
	w.t.Helper()
	s := w.stacks[target]
	exist := s.stand.Existing()
	steps := s.up()
	if did := lifecycle.Kinds(steps); did != want {
		w.t.Errorf("the update of %s: %q, want %q\n%v", target, did, want, steps)
	}
	for urn, op := range steps {
		switch op {
		case "create":
			exist = append(exist, urn)
		case "delete":
			exist = slices.DeleteFunc(exist, func(other string) bool { return other == urn })
		}
	}
	slices.Sort(exist)
	if now := s.stand.Existing(); !slices.Equal(now, exist) {
		w.t.Errorf("the stack %s has\n%s\nwant\n%s", target, strings.Join(now, "\n"), strings.Join(exist, "\n"))
	}
	if target == lifecycle.DataTarget {
		w.read()
	}
	return steps
}

// shares gives the targets these weights. Nothing changes but both shared records, in place.
func (w *walk) shares(lambda, kubernetes int) {
	w.t.Helper()
	s := w.stacks[lifecycle.TrafficTarget]
	weights := map[string]int{"lambda": lambda, "kubernetes": kubernetes}
	s.pulumi("config", "set-all", "--plaintext", fmt.Sprintf("lambda=%d", lambda), "--plaintext", fmt.Sprintf("kubernetes=%d", kubernetes))
	for urn := range w.does(lifecycle.TrafficTarget, "update Record") {
		if !strings.Contains(urn, "::shop.example.com-") {
			w.t.Errorf("another share changes %s", urn)
		}
	}
	for _, r := range s.inAWS() {
		if id, shared := r.Inputs["setIdentifier"].(string); shared {
			want := []any{map[string]any{"weight": float64(weights[id])}}
			if got := r.Inputs["weightedRoutingPolicies"]; r.Inputs["name"] != "shop.example.com" || !reflect.DeepEqual(got, any(want)) {
				w.t.Errorf("the record of %s for %v has %v, want %v", id, r.Inputs["name"], got, want)
			}
		}
	}
	exported := exports(w.t, s.state())
	for target, weight := range weights { // "ambi switch" reads them
		if exported[target] != float64(weight) {
			w.t.Errorf("the stack of the traffic exports the weight %v of %s, want %d", exported[target], target, weight)
		}
	}
}

// consume names the target that takes messages and runs the schedules. Each stack learns it with
// its next update: the new one first, so that both take messages for a moment, and none are lost.
func (w *walk) consume(from, to spec.Target) {
	w.t.Helper()
	w.stacks[lifecycle.DataTarget].pulumi("config", "set", "consumer", string(to))
	w.does(lifecycle.DataTarget, "")
	w.takes(from)
	steps := map[spec.Target]string{spec.Lambda: "update EventSourceMapping Schedule", spec.Kubernetes: "update CronJob Deployment ScaledObject"}
	w.does(to, steps[to])
	w.takes(from, to)
	w.does(from, steps[from])
	w.takes(to)
}

// takes requires that these targets, and no others, take messages and run the schedules.
func (w *walk) takes(want ...spec.Target) {
	w.t.Helper()
	for target, kinds := range map[spec.Target]map[string]func(inputs map[string]any) bool{
		spec.Lambda: {
			"aws:lambda/eventSourceMapping:EventSourceMapping": func(in map[string]any) bool { return in["enabled"] == true },
			"aws:scheduler/schedule:Schedule":                  func(in map[string]any) bool { return in["state"] == "ENABLED" },
		},
		spec.Kubernetes: {
			"kubernetes:batch/v1:CronJob": func(in map[string]any) bool { return in["spec"].(map[string]any)["suspend"] == false },
			"kubernetes:keda.sh/v1alpha1:ScaledObject": func(in map[string]any) bool {
				annotations, _ := in["metadata"].(map[string]any)["annotations"].(map[string]any)
				return annotations["autoscaling.keda.sh/paused"] == nil
			},
		},
	} {
		s := w.stacks[target]
		for token, on := range kinds {
			exist := 0
			for _, r := range s.stand.Resources() {
				if r.Type != token || !slices.Contains(s.stand.Existing(), r.URN) {
					continue
				}
				exist++
				if got := on(r.Inputs); got != slices.Contains(want, target) {
					w.t.Errorf("%s is on: %t; those that take messages are %v", r.URN, got, want)
				}
			}
			if exist == 0 && slices.Contains(want, target) {
				w.t.Errorf("the stack %s has no %s", target, token)
			}
		}
	}
}

// rests requires that no stack that there is has anything left to do, and that the data is what it
// was at first.
func (w *walk) rests(without ...spec.Target) {
	w.t.Helper()
	for target, s := range w.stacks {
		if slices.Contains(without, target) {
			if left := s.stand.Existing(); len(left) > 0 {
				w.t.Errorf("the stack %s still has %v", target, left)
			}
			continue
		}
		if steps := s.steps("preview"); len(steps) > 0 {
			w.t.Errorf("the stack %s would do %v", target, steps)
		}
	}
	if now := w.stacks[lifecycle.DataTarget].inAWS(); len(now) == 0 || !reflect.DeepEqual(now, w.data) {
		was, _ := json.Marshal(w.data)
		is, _ := json.Marshal(now)
		w.t.Errorf("the data has become\n%s\nand was\n%s", is, was)
	}
}

// leads tells the traffic's stack where the Lambda stack answers, as docs/switching.md says.
func (w *walk) leads() {
	w.t.Helper()
	const host = "lambda.shop.example.com"
	address, _ := exports(w.t, w.stacks[spec.Lambda].state())["dns:"+host].(string)
	if address == "" {
		w.t.Fatalf("the stack lambda does not say where %s leads", host)
	}
	w.stacks[lifecycle.TrafficTarget].pulumi("config", "set", host, address)
}

// disagrees requires that a preview warns of a target's stack that takes messages as its own setting
// says, and not as the data stack does, which names Lambda; and that it warns of nothing else.
func (w *walk) disagrees() {
	w.t.Helper()
	for target, setting := range map[spec.Target]string{spec.Lambda: "false", spec.Kubernetes: "true"} {
		s := w.stacks[target]
		warning := fmt.Sprintf("warning: the setting active is %s, and the consumer that the data stack names is lambda", setting)
		for value, want := range map[string]bool{setting: true, fmt.Sprint(setting == "false"): false} {
			s.pulumi("config", "set", "active", value)
			if out, err := s.try("preview"); err != nil || strings.Contains(out, warning) != want {
				w.t.Errorf("the preview of %s with active %s: %v\n%s\nwant a warning: %t", target, value, err, out, want)
			}
		}
		s.pulumi("config", "rm", "active")
	}
}

// switchesAndBack walks as docs/switching.md says: from Lambda to Kubernetes, until Lambda is
// destroyed, and the same way back.
func switchesAndBack(t *testing.T, build *lifecycle.Program, dir string) {
	w := setOut(t, build, dir, "whole")
	onLambda := w.creates(spec.Lambda)
	w.takes(spec.Lambda)
	onKubernetes := w.creates(spec.Kubernetes)
	w.takes(spec.Lambda)
	w.disagrees()
	w.leads()
	w.creates(lifecycle.TrafficTarget)
	w.rests()

	for _, share := range []int{1, 10, 50, 100} {
		w.shares(100-share, share)
	}
	w.consume(spec.Lambda, spec.Kubernetes)
	w.stacks[spec.Lambda].pulumi("destroy", "--yes", "--skip-preview")
	w.takes(spec.Kubernetes)
	w.rests(spec.Lambda)

	if again := w.creates(spec.Lambda); !slices.Equal(again, onLambda) {
		t.Errorf("on the way back Lambda has\n%s\nand had\n%s", strings.Join(again, "\n"), strings.Join(onLambda, "\n"))
	}
	w.takes(spec.Kubernetes)
	w.leads()
	for _, share := range []int{1, 10, 50, 100} {
		w.shares(share, 100-share)
	}
	w.consume(spec.Kubernetes, spec.Lambda)
	if still := w.stacks[spec.Kubernetes].stand.Existing(); !slices.Equal(still, onKubernetes) {
		t.Errorf("Kubernetes has\n%s\nand had\n%s", strings.Join(still, "\n"), strings.Join(onKubernetes, "\n"))
	}
	w.stacks[spec.Kubernetes].pulumi("destroy", "--yes", "--skip-preview")
	w.takes(spec.Lambda)
	w.rests(spec.Kubernetes)
}

// movesOneService takes one service of a mixed app from Lambda to Kubernetes and back, by the list
// of its targets. Nothing of the others changes.
func movesOneService(t *testing.T, build *lifecycle.Program, dir string) {
	w := setOut(t, build, dir, "onlambda")
	for _, target := range append(spec.Targets(), lifecycle.TrafficTarget) {
		w.creates(target)
	}
	exist := func() map[spec.Target][]string {
		all := map[spec.Target][]string{}
		for target, s := range w.stacks {
			all[target] = s.stand.Existing()
		}
		return all
	}
	start := exist()
	lists := func(variant string) {
		for target, s := range w.stacks {
			if target != lifecycle.TrafficTarget { // which the service has no domain in
				s.choose(build, target, variant)
			}
		}
		w.does(lifecycle.DataTarget, "")
	}
	const (
		onLambda     = "Alias EventSourceMapping Function LogGroup MetricAlarm Role RolePolicy"
		onKubernetes = "ConfigMap Deployment NetworkPolicy PodDisruptionBudget Role RolePolicy ScaledObject ServiceAccount TriggerAuthentication"
	)
	ofWork := func(steps map[string]string) {
		t.Helper()
		for urn := range steps {
			if !strings.Contains(urn[strings.LastIndex(urn, "::"):], "life-work") {
				t.Errorf("the move of work changes %s", urn)
			}
		}
	}
	lists("onboth")
	ofWork(w.does(spec.Kubernetes, "create "+onKubernetes))
	ofWork(w.does(spec.Lambda, ""))
	w.rests()
	w.consume(spec.Lambda, spec.Kubernetes)
	lists("onkubernetes")
	ofWork(w.does(spec.Kubernetes, ""))
	ofWork(w.does(spec.Lambda, "delete "+onLambda))

	lists("onboth")
	ofWork(w.does(spec.Kubernetes, ""))
	ofWork(w.does(spec.Lambda, "create "+onLambda))
	w.consume(spec.Kubernetes, spec.Lambda)
	lists("onlambda")
	ofWork(w.does(spec.Lambda, ""))
	ofWork(w.does(spec.Kubernetes, "delete "+onKubernetes))
	w.rests()
	if end := exist(); !maps.EqualFunc(end, start, slices.Equal) {
		t.Errorf("there are %v, and were %v", end, start)
	}
}
