package kubernetes

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/simulate"
)

// shaped is traffic whose rate changes: a Poisson process that is thinned.
type shaped struct {
	simulate.Source
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

// TestSampledRunsAreNearExactOnes simulates the same traces as a whole and by
// samples: what is paid for is within 2 %, the 99th percentile within 5 %. Pods
// have the CPU that they request and no more: where they may take what is idle
// on their node, it depends for days on which pod came to be where, and exact
// runs of two seeds differ by 8 % in the 99th percentile.
func TestSampledRunsAreNearExactOnes(t *testing.T) {
	const day = 86400.0
	for name, test := range map[string]struct {
		days  int
		shape func(seconds float64) float64
	}{
		"steady": {2, func(float64) float64 { return 1 }},
		"office hours": {4, func(t float64) float64 { // a step up and down each day
			if hour := math.Mod(t, day) / 3600; hour > 8 && hour < 18 {
				return 1
			}
			return .1
		}},
		"diurnal": {4, func(t float64) float64 { return (1 + .9*math.Sin(2*math.Pi*t/day)) / 1.9 }},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() || raceDetector {
				t.Skip("long")
			}
			length := time.Duration(test.days) * 24 * time.Hour
			open := func() simulate.Source {
				return &shaped{struct{ simulate.Source }{simulate.Poisson(25, length, 3)}, rand.NewPCG(3, 8), test.shape}
			}
			counts, err := simulate.Count(context.Background(), open(), int64(length))
			if err != nil {
				t.Fatal(err)
			}
			config := usual()
			config.Burst, config.Initial, config.Autoscaler.Min = BurstNone, 3, 2
			demand := simulate.Demand{CPU: simulate.Lognormal(80e6, .7), Wait: simulate.Lognormal(28e6, .7), Seed: 5}
			run := func(source simulate.Source, options simulate.Options) simulate.Result {
				options.Seed = 6
				result, err := Run(context.Background(), config, source, demand, options)
				if err != nil {
					t.Fatal(err)
				}
				if err := result.Check(); err != nil {
					t.Error(err)
				}
				return result
			}
			want := run(open(), simulate.Options{Until: int64(length)})
			plan := simulate.NewPlan(counts, simulate.PlanOptions{Budget: counts.Total() / 8})
			if plan == nil {
				t.Fatal("nothing is sampled")
			}
			got := run(plan.Source(open()), simulate.Options{Plan: plan})
			t.Logf("simulated %.1f %% of %d requests, %d windows in %d strata", 100*got.Sampling.Share, want.Requests, got.Sampling.Windows, got.Sampling.Strata)
			near := func(what string, got, want, bound, stated float64) {
				t.Helper()
				off := got/want - 1
				t.Logf("%-20s %14.6g of %14.6g: %+.2f %% (standard error %.2f %%)", what, got, want, 100*off, 100*stated)
				if math.Abs(off) > bound {
					t.Errorf("%s is off by %.2f %%", what, 100*off)
				}
			}
			near("requests", float64(got.Requests), float64(want.Requests), .003, 0)
			cpu := simulate.CPUNanoseconds
			near("CPU", float64(got.Meters[cpu]), float64(want.Meters[cpu]), .02, got.Sampling.Meters[cpu])
			for _, g := range []simulate.Gauge{simulate.Nodes, simulate.Instances, simulate.Capacity, simulate.InUse} {
				near(g.Name(), got.Gauges[g].Seconds, want.Gauges[g].Seconds, .02, got.Sampling.Gauges[g])
			}
			near("p50", float64(got.Latency.P50), float64(want.Latency.P50), .02, got.Sampling.P50)
			near("p99", float64(got.Latency.P99), float64(want.Latency.P99), .05, got.Sampling.P99)
			near("p99.9", float64(got.Latency.P999), float64(want.Latency.P999), .15, got.Sampling.P999)
		})
	}
}
