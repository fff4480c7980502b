package lambda

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/simulate/replay"
)

// shaped is traffic whose rate changes: a Poisson process that is thinned.
type shaped struct {
	replay.Source
	random *rand.PCG
	rate   func(seconds float64) float64 // as a part of the largest
}

func (s *shaped) Next() (int64, bool) {
	for {
		at, ok := s.Source.Next()
		if !ok || float64(s.random.Uint64()>>11)/(1<<53) < s.rate(float64(at)/1e9) {
			return at, ok
		}
	}
}

func arriving(peak float64, length time.Duration, seed uint64, rate func(float64) float64) replay.Source {
	return &shaped{struct{ replay.Source }{replay.Poisson(peak, length, seed)}, rand.NewPCG(seed, 8), rate}
}

// shapes are rates over days, as parts of their largest.
func shapes() map[string]func(float64) float64 {
	const day = 86400.0
	diurnal := func(t float64) float64 { return (1 + .9*math.Sin(2*math.Pi*t/day)) / 1.9 }
	return map[string]func(float64) float64{
		"steady":  func(float64) float64 { return 1 },
		"diurnal": diurnal,
		"office hours": func(t float64) float64 { // a step up and down each day
			if hour := math.Mod(t, day) / 3600; hour > 8 && hour < 18 {
				return 1
			}
			return .1
		},
		"bursts": func(t float64) float64 { // 5 minutes every 3 hours, on a diurnal floor
			if math.Mod(t, 10800) < 300 {
				return 1
			}
			return diurnal(t) / 6
		},
	}
}

// TestSampledRunsAreNearExactOnes simulates the same traces as a whole and by
// samples: what is paid for is within 2 %, the 99th percentile within 5 %.
func TestSampledRunsAreNearExactOnes(t *testing.T) {
	long(t)
	length := 4 * 24 * time.Hour
	if testing.Short() {
		length = 2 * 24 * time.Hour
	}
	for name, shape := range shapes() {
		t.Run(name, func(t *testing.T) {
			const peak = 40
			open := func() replay.Source { return arriving(peak, length, 3, shape) }
			if name == "steady" {
				open = func() replay.Source { return replay.Poisson(peak, length, 3) } // which can be skipped
			}
			counts, err := replay.Count(context.Background(), open(), int64(length))
			if err != nil {
				t.Fatal(err)
			}
			config := Defaults(512)
			config.Placement, config.Init, config.Start = replay.Exponential(50e6), replay.Lognormal(200e6, .3), 100*time.Millisecond
			config.Provisioned = 2
			demand := replay.Demand{Wait: replay.Lognormal(60e6, .6), CPU: replay.Lognormal(10e6, .6), Seed: 5}
			want := run(t, config, open(), demand, replay.Options{Seed: 6, Until: int64(length)})

			plan := replay.NewPlan(counts, replay.PlanOptions{Budget: counts.Total() / 8})
			if plan == nil {
				t.Fatal("nothing is sampled")
			}
			got := run(t, config, plan.Source(open()), demand, replay.Options{Seed: 6, Plan: plan})
			near := func(what string, got, want, bound, stated float64) {
				t.Helper()
				off := got/want - 1
				t.Logf("%-20s %14.6g of %14.6g: %+.2f %% (standard error %.2f %%)", what, got, want, 100*off, 100*stated)
				if math.Abs(off) > bound {
					t.Errorf("%s is off by %.2f %%", what, 100*off)
				}
			}
			t.Logf("simulated %.1f %% of %d requests, %d windows in %d strata", 100*got.Sampling.Share, want.Requests, got.Sampling.Windows, got.Sampling.Strata)
			if got.Sampling.Share > .6 {
				t.Errorf("%v of the requests were simulated", got.Sampling.Share)
			}
			near("requests", float64(got.Requests), float64(want.Requests), .003, 0)
			for _, m := range []replay.Meter{replay.BilledMS, replay.ProvisionedMS, replay.ProvisionedServed} {
				near(m.Name(), float64(got.Meters[m]), float64(want.Meters[m]), .02, got.Sampling.Meters[m])
			}
			cost := func(r replay.Result) float64 { return r.GBSeconds(replay.BilledMS) + r.GBSeconds(replay.InitMS) }
			near("GB-seconds", cost(got), cost(want), .02, 0)
			near("in use", got.Gauges[replay.InUse].Seconds, want.Gauges[replay.InUse].Seconds, .02, got.Sampling.Gauges[replay.InUse])
			near("environments", got.Gauges[replay.Instances].Seconds, want.Gauges[replay.Instances].Seconds, .02+2*got.Sampling.Gauges[replay.Instances], got.Sampling.Gauges[replay.Instances])
			near("p50", float64(got.Latency.P50), float64(want.Latency.P50), .02, got.Sampling.P50)
			near("p99", float64(got.Latency.P99), float64(want.Latency.P99), .05, got.Sampling.P99)
			near("p99.9", float64(got.Latency.P999), float64(want.Latency.P999), .1, got.Sampling.P999)
			// Few of these happen, and so few of them are seen.
			cold := replay.ColdStarts
			near("cold starts", float64(got.Meters[cold]), float64(want.Meters[cold]), .03+4*got.Sampling.Meters[cold], got.Sampling.Meters[cold])

			requests, length := int64(0), int64(0)
			for _, p := range got.Series {
				requests += p.Requests
				length += p.Length
			}
			if length != want.Span || got.Span != want.Span || math.Abs(float64(requests-want.Requests)) > .003*float64(want.Requests) {
				t.Errorf("the series has %d requests in %d ns, want %d in %d", requests, length, want.Requests, want.Span)
			}
		})
	}
}

// TestASampledRunThatIsStopped stands for what it passed, and no more.
func TestASampledRunThatIsStopped(t *testing.T) {
	length := 4 * 24 * time.Hour
	for _, x := range []struct {
		name string
		peak float64
		part int64 // of the trace, after which it is stopped
	}{
		{"steady", 20, 3},
		{"office hours", 20, 3},
		{"bursts", 20, 6},
		{"diurnal", 20, 3},
		{"diurnal", 200, 12}, // not every rate was measured by then
	} {
		name, part := x.name, x.part
		open := func() replay.Source { return arriving(x.peak, length, 3, shapes()[name]) }
		counts, err := replay.Count(context.Background(), open(), int64(length))
		if err != nil {
			t.Fatal(err)
		}
		plan := replay.NewPlan(counts, replay.PlanOptions{Budget: counts.Total() / 8})
		ctx, cancel := context.WithCancel(context.Background())
		reached := int64(0)
		config, demand := always(50 * time.Millisecond)
		result, err := Run(ctx, config, plan.Source(open()), demand, replay.Options{Plan: plan, Progress: func(at int64) {
			if reached = at; at > int64(length)/part {
				cancel()
			}
		}})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if err := result.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !result.Partial || result.Span != reached || reached < int64(length)/part || reached > int64(length)*9/10 {
			t.Errorf("%s: partial: %v, at %d of %d, want %d", name, result.Partial, result.Span, length, reached)
		}
		want := 0.0
		for i, n := range counts.Minutes {
			if int64(i)*60e9 < reached {
				want += n
			}
		}
		if math.Abs(float64(result.Requests)/want-1) > .01 {
			t.Errorf("%s: %d requests in %d ns, want about %v", name, result.Requests, reached, want)
		}
	}
}
