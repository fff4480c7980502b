package compare_test

import (
	"context"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
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
		parts = append(parts, simulate.Part{Service: name, Usage: u, Open: func() (replay.Source, func(), error) {
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
