package kubernetes

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/nodes"
	"ambi/compare/simulate"
	"ambi/compare/simulate/hpa"
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
// samples: nodes, which are paid for, are within 2 %, the 99th percentile within
// 5 %.
func TestSampledRunsAreNearExactOnes(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("four days of traffic, on one thread")
	}
	const day, peak, length = 86400.0, 120, 4 * 24 * time.Hour
	for name, rate := range map[string]func(float64) float64{
		"steady":  func(float64) float64 { return .5 },
		"diurnal": func(t float64) float64 { return (1 + .9*math.Sin(2*math.Pi*t/day)) / 1.9 },
		"office hours": func(t float64) float64 {
			if hour := math.Mod(t, day) / 3600; hour > 8 && hour < 18 {
				return 1
			}
			return .1
		},
	} {
		t.Run(name, func(t *testing.T) {
			open := func() simulate.Source {
				return &shaped{struct{ simulate.Source }{simulate.Poisson(peak, length, 3)}, rand.NewPCG(3, 8), rate}
			}
			counts, err := simulate.Count(context.Background(), open(), int64(length))
			if err != nil {
				t.Fatal(err)
			}
			c := Defaults(nodes.Pod{MilliCPU: 250, MemoryMiB: 512}, 10)
			c.Nodes = Karpenter(nodes.Room{MilliCPU: 1000, MemoryMiB: 6900, Pods: 27}, 2)
			c.Burst, c.Timeout, c.Initial = BurstNode, 10*time.Second, Settled
			c.Autoscaler = hpa.Spec{Min: 1, Max: 50, Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 70}}, Behavior: hpa.DefaultBehavior()}
			demand := simulate.Demand{Wait: simulate.Lognormal(28e6, .6), CPU: simulate.Lognormal(12e6, .6), Seed: 5}
			run := func(source simulate.Source, options simulate.Options) simulate.Result {
				r, err := Run(context.Background(), c, source, demand, options)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Check(); err != nil {
					t.Error(err)
				}
				return r
			}
			want := run(open(), simulate.Options{Until: int64(length)})
			plan := simulate.NewPlan(counts, simulate.PlanOptions{Budget: counts.Total() / 8})
			if plan == nil {
				t.Fatal("nothing is sampled")
			}
			got := run(plan.Source(open()), simulate.Options{Plan: plan})
			t.Logf("simulated %.1f %% of %d requests", 100*got.Sampling.Share, want.Requests)
			if got.Sampling.Share > .6 {
				t.Errorf("%v of the requests were simulated", got.Sampling.Share)
			}
			near := func(what string, got, want, bound, stated float64) {
				t.Helper()
				off := got/want - 1
				t.Logf("%-12s %14.6g of %14.6g: %+.2f %% (standard error %.2f %%)", what, got, want, 100*off, 100*stated)
				if math.Abs(off) > bound {
					t.Errorf("%s is off by %.2f %%", what, 100*off)
				}
			}
			near("requests", float64(got.Requests), float64(want.Requests), .003, 0)
			for _, g := range []simulate.Gauge{simulate.Nodes, simulate.InUse} {
				near(g.Name(), got.Gauges[g].Seconds, want.Gauges[g].Seconds, .02, got.Sampling.Gauges[g])
			}
			// At one rate replicas rest anywhere within the autoscaler's tolerance, and
			// stay there for hours: few windows do not see all of it.
			replicas := simulate.Instances
			near(replicas.Name(), got.Gauges[replicas].Seconds, want.Gauges[replicas].Seconds, .02+3*got.Sampling.Gauges[replicas], got.Sampling.Gauges[replicas])
			near("p50", float64(got.Latency.P50), float64(want.Latency.P50), .02, got.Sampling.P50)
			near("p99", float64(got.Latency.P99), float64(want.Latency.P99), .05, got.Sampling.P99)
			near("p99.9", float64(got.Latency.P999), float64(want.Latency.P999), .15, got.Sampling.P999)
		})
	}
}
