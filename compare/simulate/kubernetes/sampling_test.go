package kubernetes

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
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

// TestSampledRunsAreNearExactOnes simulates the same traces as a whole and by
// samples. Nodes and replicas, which are paid for, are within 2 %, and the 99th
// percentile is within 5 %.
func TestSampledRunsAreNearExactOnes(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("days of traffic, on one thread")
	}
	const day, length, seed = 86400.0, 14 * 24 * time.Hour, 1
	office := func(low float64) func(t float64) float64 {
		return func(t float64) float64 {
			if hour := math.Mod(t, day) / 3600; hour > 8 && hour < 18 {
				return 1
			}
			return low
		}
	}
	for _, x := range []struct {
		name   string
		rate   func(float64) float64
		peak   float64
		change func(*Config)
		rare   bool // one request in a thousand meets what happens once a day
	}{
		{"steady", func(float64) float64 { return 1 }, 15, nil, false},
		{"steady, without what the node has left", func(float64) float64 { return 1 }, 15, func(c *Config) { c.Burst = BurstNone }, false},
		{"diurnal", func(t float64) float64 { return (1 + .9*math.Sin(2*math.Pi*t/day)) / 1.9 }, 30, nil, false},
		{"office hours", office(.1), 30, nil, false},
		{"nights without requests", office(0), 30, func(c *Config) {
			c.KEDA = &KEDA{Poll: 30 * time.Second, Cooldown: 5 * time.Minute}
		}, false},
		{"more than there may be pods for", office(.1), 30, func(c *Config) { c.Autoscaler.Max = 2 }, false},
		{"more than a pod may work at", office(.3), 25, func(c *Config) { c.Concurrency, c.Autoscaler.Max = 1, 3 }, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			open := func() replay.Source {
				return &shaped{struct{ replay.Source }{replay.Poisson(x.peak, length, seed)}, rand.NewPCG(seed, 8), x.rate}
			}
			counts, err := replay.Count(context.Background(), open(), int64(length))
			if err != nil {
				t.Fatal(err)
			}
			c := Defaults(nodes.Pod{MilliCPU: 250, MemoryMiB: 512}, 10)
			c.Nodes = Karpenter(nodes.Room{MilliCPU: 700, MemoryMiB: 6900, Pods: 27}, 1)
			c.Burst, c.Timeout, c.Initial = BurstNode, 10*time.Second, Settled
			c.Autoscaler = hpa.Spec{Min: 1, Max: 50, Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 70}}, Behavior: hpa.DefaultBehavior()}
			if x.change != nil {
				x.change(&c)
			}
			demand := replay.Demand{Wait: replay.Lognormal(28e6, .6), CPU: replay.Lognormal(24e6, .6), Seed: seed}
			run := func(source replay.Source, options replay.Options) replay.Result {
				options.Seed = seed
				r, err := Run(context.Background(), c, source, demand, options)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Check(); err != nil {
					t.Error(err)
				}
				return r
			}
			want := run(open(), replay.Options{Until: int64(length)})
			plan := replay.NewPlan(counts, replay.PlanOptions{Budget: counts.Total() / 8})
			if plan == nil {
				t.Fatal("nothing is sampled")
			}
			got := run(plan.Source(open()), replay.Options{Plan: plan})
			t.Logf("simulated %.1f %% of %d requests", 100*got.Sampling.Share, want.Requests)
			if got.Sampling.Share > .3 {
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
			near("p50", float64(got.Latency.P50), float64(want.Latency.P50), .03, got.Sampling.P50)
			near("p99", float64(got.Latency.P99), float64(want.Latency.P99), .05, got.Sampling.P99)
			if !x.rare {
				near("p99.9", float64(got.Latency.P999), float64(want.Latency.P999), .15+2*got.Sampling.P999, got.Sampling.P999)
			}
			for _, g := range []replay.Gauge{replay.Instances, replay.Nodes, replay.InUse} {
				near(g.Name(), got.Gauges[g].Seconds, want.Gauges[g].Seconds, .02, got.Sampling.Gauges[g])
			}
		})
	}
}
