package simulate_test

import (
	"context"
	"math"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// fiveServices are an app of five services and their traffic, of which one gets the calls of another.
func fiveServices(t *testing.T, span time.Duration) (simulate.Input, []simulate.Part) {
	t.Helper()
	text := "apiVersion: ambi/v1\nname: shop\nimage: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0\nservices:\n"
	for _, name := range []string{"cart", "find", "pay", "stock", "web"} {
		text += "  " + name + ": {http: {routes: [GET /" + name + "]}}\n"
	}
	in := input(t, text)
	in.Until, in.Usage = span, demand.Usage{}
	source := func(name string, rate float64, shape spec.Shape, plan *replay.Plan) replay.Source {
		s := made(t, rate, shape, span, simulate.SeedOf(in.Seed, name))
		if plan != nil {
			return plan.Source(s)
		}
		return s
	}
	part := func(name string, duration, cpu time.Duration, open func(*replay.Plan) replay.Source) simulate.Part {
		usage := demand.Usage{Duration: demand.Known(duration), CPUTime: demand.Known(cpu), Start: demand.Known(400 * time.Millisecond)}
		return simulate.Part{Service: name, Usage: usage, Open: func(plan *replay.Plan) (replay.Source, func(), error) { return open(plan), func() {}, nil }}
	}
	own := func(name string, rate float64, shape spec.Shape) func(*replay.Plan) replay.Source {
		return func(plan *replay.Plan) replay.Source { return source(name, rate, shape, plan) }
	}
	return in, []simulate.Part{
		part("cart", 60*time.Millisecond, 10*time.Millisecond, own("cart", 4, spec.Diurnal)),
		part("find", 120*time.Millisecond, 30*time.Millisecond, own("find", 5, spec.Diurnal)),
		part("pay", 200*time.Millisecond, 10*time.Millisecond, own("pay", 1, spec.Steady)),
		part("stock", 30*time.Millisecond, 6*time.Millisecond, func(plan *replay.Plan) replay.Source {
			return simulate.Calls([]replay.Source{source("web", 6, spec.Diurnal, plan)}, 1.5, 7)
		}),
		part("web", 80*time.Millisecond, 15*time.Millisecond, own("web", 6, spec.Diurnal)),
	}
}

// TestSampledTogetherIsNearExact simulates the same days of five services as a whole and by samples:
// what is paid for is within 2 %, the 99th percentile within 5 %, and both within what is stated.
func TestSampledTogetherIsNearExact(t *testing.T) {
	if testing.Short() {
		t.Skip("days of traffic")
	}
	const span = 5 * 24 * time.Hour
	in, parts := fiveServices(t, span)
	exact := together(t, in, parts)
	var counts []replay.Counts
	for _, p := range parts {
		source, _, err := p.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		one, err := replay.Count(context.Background(), source, int64(span))
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, one)
	}
	in.Budget = replay.SumOf(counts).Total() / 8
	if in.Plan = in.PlanTogether(counts); in.Plan == nil {
		t.Fatal("nothing is sampled")
	}
	sampled := together(t, in, parts)
	check := func(name string, target spec.Target, got, want *replay.Result) {
		s := got.Sampling
		if s == nil || s.Share > .8 {
			t.Fatalf("%s on %s: %+v", name, target, s)
		}
		near := func(what string, got, want, bound, stated float64) {
			t.Helper()
			off := got/want - 1
			t.Logf("%-5s %-10s %-12s %+.2f %% (standard error %.2f %%)", name, target, what, 100*off, 100*stated)
			if math.Abs(off) > bound+3*stated {
				t.Errorf("%s on %s: %s is off by %.2f %%, with a standard error of %.2f %%", name, target, what, 100*off, 100*stated)
			}
		}
		near("requests", float64(got.Requests), float64(want.Requests), .005, 0)
		near("in use", got.Gauges[replay.InUse].Seconds, want.Gauges[replay.InUse].Seconds, .01, s.Gauges[replay.InUse])
		near("instances", got.Gauges[replay.Instances].Seconds, want.Gauges[replay.Instances].Seconds, .02, s.Gauges[replay.Instances])
		near("p50", float64(got.Latency.P50), float64(want.Latency.P50), .02, s.P50)
		near("p99", float64(got.Latency.P99), float64(want.Latency.P99), .02, s.P99)
		if target == spec.Lambda {
			near("billed", float64(got.Meters[replay.BilledMS]), float64(want.Meters[replay.BilledMS]), .01, s.Meters[replay.BilledMS])
			near("cold starts", float64(got.Meters[replay.ColdStarts]), float64(want.Meters[replay.ColdStarts]), .1, s.Meters[replay.ColdStarts])
		} else if want.Gauges[replay.Nodes].Seconds > 0 {
			near("nodes", got.Gauges[replay.Nodes].Seconds, want.Gauges[replay.Nodes].Seconds, .02, s.Gauges[replay.Nodes])
		}
	}
	for _, target := range spec.Targets() {
		check("all", target, sampled.Of(target), exact.Of(target))
		for i, one := range sampled.Each {
			check(one.Service, target, one.Of(target), exact.Each[i].Of(target))
		}
	}
	if got, want := sampled.Trace.Requests, exact.Trace.Requests; math.Abs(float64(got)/float64(want)-1) > .005 {
		t.Errorf("a trace of %d requests, want about %d", got, want)
	}
}

// TestCallsAreSkipped: as many calls are expected of minutes that are skipped as come in them.
func TestCallsAreSkipped(t *testing.T) {
	const span, mean = 4 * time.Hour, 1.3
	open := func() replay.Source {
		return simulate.Calls([]replay.Source{made(t, 20, spec.Diurnal, span, 3), made(t, 5, spec.Steady, span, 4)}, mean, 9)
	}
	count := func(source replay.Source) replay.Counts {
		c, err := replay.Count(context.Background(), source, int64(span))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	skipped, read := count(open()), count(struct{ replay.Source }{open()})
	if !skipped.Expected || read.Expected || len(skipped.Minutes) != len(read.Minutes) {
		t.Fatalf("%v and %v, %d and %d minutes", skipped.Expected, read.Expected, len(skipped.Minutes), len(read.Minutes))
	}
	for i, n := range skipped.Minutes {
		if off := math.Abs(n - read.Minutes[i]); off > 6*math.Sqrt(n*(1+mean))+6 {
			t.Errorf("minute %d: %v are expected, %v come", i, n, read.Minutes[i])
		}
	}
	if off := math.Abs(skipped.Total() - read.Total()); off > 5*math.Sqrt(read.Total()*(1+mean)) {
		t.Errorf("%v are expected, %v come", skipped.Total(), read.Total())
	}
}
