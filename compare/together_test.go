package compare_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// TestTogetherAgainstAverages: the bill of an app whose services were simulated together, over
// HTTP, by messages and by a schedule, differs from that of averages by less than a tenth.
func TestTogetherAgainstAverages(t *testing.T) {
	in := input(t, `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
data: {jobs: {queue: {}}}
services:
  web: {http: {routes: [GET /]}, cpu: 500m, scale: {min: 2, max: 20, cpu: 70}, usage: {requests: 40/s, duration: 80ms, cpuTime: 15ms}}
  stock: {http: {routes: [GET /stock]}, lambda: {architecture: x86_64}, usage: {requests: 30/s, duration: 20ms, cpuTime: 5ms}}
  resize:
    cpu: 500m
    timeout: 30s
    concurrency: 4
    queue: {from: jobs}
    scale: {min: 1, max: 20, backlog: 8}
    kubernetes: {identity: pod-identity}
    usage: {requests: 2/s, duration: 1s, cpuTime: 300ms}
  report: {schedule: {cron: "*/10 * * * *"}, timeout: 5m, usage: {duration: 2m, cpuTime: 20s}}
usage: {shape: steady, requestSize: 2k, responseSize: 6k, logSize: 300, outboundSize: 0, startTime: 800ms}
`)
	const span = 6 * time.Hour
	settings := simulate.DefaultSettings()
	settings.Until, settings.Variation = span, .5
	var parts []simulate.Part
	for _, name := range in.Resolved.Services() {
		u := in.Usage[name]
		parts = append(parts, simulate.Part{Service: name, Usage: u, Open: func(*replay.Plan) (replay.Source, func(), error) {
			if name == "report" {
				var at []int64
				for next := time.Duration(0); next < span; next += 10 * time.Minute {
					at = append(at, int64(next))
				}
				return replay.Arrivals(at), func() {}, nil
			}
			rate, _ := u.Requests.Get()
			return replay.Poisson(rate/demand.SecondsPerMonth, span, simulate.SeedOf(1, name)), func() {}, nil
		}})
	}
	r, err := simulate.RunTogether(context.Background(), simulate.Input{Resolved: in.Resolved, Choices: in.Choices, Catalog: in.Catalog, Settings: settings}, parts)
	if err != nil {
		t.Fatal(err)
	}
	averages, err := compare.Bills(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Behavior = r
	simulated, err := compare.Bills(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range spec.Targets() {
		a, s := averages.Of(target).Bill, simulated.Of(target).Bill
		if a.Total == nil || s.Total == nil {
			t.Fatalf("%s: missing are %v and %v", target, a.Missing, s.Missing)
		}
		if apart := apartBy(*a.Total, *s.Total); apart > .1 || apart == 0 {
			t.Errorf("%s: %s by averages, %s simulated", target, a.Total, s.Total)
		}
		for i, c := range s.Components {
			if c.Simulated && *c.Quantity > 0 && c.Category == "compute" {
				if apart := *c.Quantity / *a.Components[i].Quantity; apart < .85 || apart > 1.15 {
					t.Errorf("%s, %s: %v simulated, %v by averages", target, c.Name, *c.Quantity, *a.Components[i].Quantity)
				}
			}
		}
	}
	figuresOfSeveral(t, in)
	sim := simulated.Simulation
	if sim == nil || len(sim.Services) != 4 || sim.LambdaCost == nil || sim.Services[0].LambdaCost != nil {
		t.Fatalf("%+v", sim)
	}
	for _, one := range sim.Services {
		if one.Service == "report" && (one.Lambda.Requests != 36 || one.Kubernetes.Requests != 36 || !one.Runs) {
			t.Errorf("%d runs on Lambda, %d on Kubernetes, ended %v, the longest in %d ns", one.Lambda.Requests, one.Kubernetes.Requests, one.Kubernetes.Outcomes, one.Kubernetes.Latency.Max)
		}
	}
}

// figuresOfSeveral holds the figures of a whole comparison to those of its services, and its mix to
// that of averages.
func figuresOfSeveral(t *testing.T, in compare.Input) {
	t.Helper()
	whole := run(t, in)
	figures := func(service string) map[string]compare.Figure {
		all := map[string]compare.Figure{}
		for _, f := range whole.FiguresOf(service, nil) {
			all[f.Name] = f
		}
		return all
	}
	worst := figures("")
	for _, target := range spec.Targets() {
		for _, name := range []string{"p50", "p99", "p999", "errors", "age"} {
			name = string(target) + "." + name
			highest := 0.0
			for _, one := range whole.Simulation.Services {
				f := figures(one.Service)[name]
				isAge := strings.HasSuffix(name, ".age")
				if f.Known != (!isAge || one.OfMessages()) {
					t.Errorf("%s of %s is known: %v", name, one.Service, f.Known)
				}
				if isAge || strings.HasSuffix(name, ".errors") || one.Service == "web" || one.Service == "stock" {
					highest = max(highest, f.Value)
				}
			}
			if got := worst[name]; !got.Known || got.Value != highest || highest == 0 && !strings.HasSuffix(name, ".errors") {
				t.Errorf("%s is %v, and at most %v of a service", name, got, highest)
			}
		}
	}
	if unknown := figures("nix")["lambda.p99"]; unknown.Known {
		t.Errorf("%v of a service that there is none of", unknown)
	}
	in.Behavior = nil
	averages := run(t, in)
	if whole.Placement == nil || whole.Placement.Cost != averages.Placement.Cost || *whole.Placement.Averages.Lambda != *averages.Lambda.Bill.Total {
		t.Errorf("the mix is %+v, and by averages %+v", whole.Placement, averages.Placement)
	}
	for i, s := range whole.Services {
		if s.Lambda.ColdShare == averages.Services[i].Lambda.ColdShare {
			t.Errorf("%s: the part that meets a start is that of averages, %v", s.Name, s.Lambda.ColdShare)
		}
	}
}

// TestAdviceForSeveral runs what was advised for services that share an account and a cluster
// again: it keeps all objectives, and without one of its changes some service misses its own.
func TestAdviceForSeveral(t *testing.T) {
	in := input(t, `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
data: {jobs: {queue: {}}}
services:
  web: {http: {routes: [GET /]}, cpu: 250m, concurrency: 4, lambda: {reserved: true}, scale: {min: 1, max: 1, cpu: 70}, usage: {requests: 40/s, duration: 80ms, cpuTime: 15ms}}
  stock: {http: {routes: [GET /stock]}, usage: {requests: 10/s, duration: 20ms, cpuTime: 5ms}}
  resize:
    cpu: 500m
    timeout: 30s
    concurrency: 2
    queue: {from: jobs}
    scale: {min: 1, max: 1, backlog: 8}
    kubernetes: {identity: pod-identity}
    usage: {requests: 6/s, duration: 1s, cpuTime: 300ms}
usage: {shape: steady, requestSize: 2k, responseSize: 6k, logSize: 300, outboundSize: 0, startTime: 800ms}
`)
	const span = 10 * time.Minute
	attempt := func(app *target.Resolved, on spec.Target) (compare.Input, error) {
		settings := simulate.DefaultSettings()
		settings.Until, settings.Targets = span, []spec.Target{on}
		var parts []simulate.Part
		for _, name := range app.Services() {
			rate, _ := in.Usage[name].Requests.Get()
			parts = append(parts, simulate.Part{Service: name, Usage: in.Usage[name], Open: func(*replay.Plan) (replay.Source, func(), error) {
				return replay.Poisson(rate/demand.SecondsPerMonth, span, simulate.SeedOf(1, name)), func() {}, nil
			}})
		}
		out := in
		out.Resolved = app
		var err error
		out.Behavior, err = simulate.RunTogether(context.Background(), simulate.Input{Resolved: app, Choices: in.Choices, Catalog: in.Catalog, Settings: settings}, parts)
		return out, err
	}
	var sought []compare.Sought
	for service, text := range map[string]string{"resize": "age < 30s", "web": "errors < 0.1% and p99 < 700ms"} {
		objectives, err := simulate.ParseObjectives(text)
		if err != nil {
			t.Fatal(err)
		}
		sought = append(sought, compare.Sought{Service: service, Objectives: objectives})
	}
	slices.SortFunc(sought, func(a, b compare.Sought) int { return strings.Compare(a.Service, b.Service) })
	advice, err := compare.Advise(in.Resolved, nil, attempt, sought...)
	if err != nil {
		t.Fatal(err)
	}
	offered := map[spec.Target]int{}
	for _, c := range advice.Choices {
		offered[c.Target]++
		if !c.Holds || len(c.Changes) < 2 || c.Cost == nil || !strings.HasPrefix(c.Values[0], "resize: age ") {
			t.Errorf("%+v", c)
		}
		for without := range len(c.Changes) + 1 { // the last leaves out none
			app := in.Resolved
			for i, change := range c.Changes {
				if i != without {
					app = with(t, app, change.Path, change.To)
				}
			}
			out, err := attempt(app, c.Target)
			if err != nil {
				t.Fatal(err)
			}
			holds := true
			for _, one := range out.Behavior.Each {
				for _, s := range sought {
					kept := one.Of(c.Target) != nil && simulate.AllHold(s.Objectives, one.Of(c.Target))
					holds = holds && (s.Service != one.Service || kept)
				}
			}
			if holds != (without == len(c.Changes)) {
				t.Errorf("%s: of %v without the %d.: kept %t", c.Target, c.Changes, without+1, holds)
			}
		}
	}
	if offered[spec.Lambda] == 0 || offered[spec.Kubernetes] == 0 {
		t.Errorf("%+v", advice)
	}
}
