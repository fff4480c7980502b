package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// tailed is an app whose requests have quantiles, with a whole core for each.
func tailed(t *testing.T, timeout string, p50, p99, cpu time.Duration) simulate.Input {
	t.Helper()
	in := input(t, `apiVersion: ambi/v1
name: tail
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/tail:1.0.0
    cpu: 1
    memory: 2Gi
    concurrency: 100
    timeout: `+timeout+`
    http: {routes: [GET /]}
    scale: {min: 2, max: 50, cpu: 70}
    lambda: {memory: 1769Mi}
`)
	in.Usage = demand.FromSpec(spec.Usage{
		Duration: spec.RequestTime{Quantiles: spec.Quantiles{P50: spec.Duration(p50), P99: spec.Duration(p99)}},
		CPUTime:  spec.Duration(cpu), StartTime: spec.Duration(time.Millisecond),
	})
	in.Placement = 0
	return in
}

// TestTail: where requests hardly meet, their latency has the quantiles that were given: the
// median within 1 % if all use the same CPU time, and within 3 % if it varies as usual and is
// a third of the median. The 99th percentile is within 1 %, and the 99.9th within 3 % of the distribution's.
func TestTail(t *testing.T) {
	const p50, p99 = 40 * time.Millisecond, 400 * time.Millisecond
	for _, c := range []struct {
		cpu       time.Duration
		variation float64
		within    float64
	}{{0 + 1, 0, .01}, {4 * time.Millisecond, 0, .01}, {4 * time.Millisecond, 1, .02}, {12 * time.Millisecond, 1, .03}} {
		in := tailed(t, "29s", p50, p99, c.cpu)
		in.Variation = c.variation
		r := run(t, in, made(t, 2, spec.Steady, 40*time.Hour, 7))
		for _, target := range spec.Targets() {
			got := r.Of(target)
			// z(.999) / z(.99) is 1.3283562.
			waits := float64(p50 - c.cpu)
			p999 := float64(c.cpu) + waits*math.Pow(float64(p99-c.cpu)/waits, 1.3283562)
			for _, q := range []struct {
				name      string
				got       int64
				want, far float64
			}{
				{"p50", got.Latency.P50, float64(p50), c.within},
				{"p99", got.Latency.P99, float64(p99), .01},
				{"p99.9", got.Latency.P999, p999, .03},
				{"mean", got.Latency.Mean, float64(in.Usage.Duration.Or(0)), .01},
			} {
				apart := float64(q.got)/q.want - 1
				t.Logf("cpu %s, variation %v, %s: %s %s, want %s: %+.2f %%", c.cpu, c.variation, target, q.name, time.Duration(q.got), time.Duration(q.want), 100*apart)
				if math.Abs(apart) > q.far {
					t.Errorf("cpu %s, variation %v, %s: %s is %s, want %s", c.cpu, c.variation, target, q.name, time.Duration(q.got), time.Duration(q.want))
				}
			}
		}
	}
}

// A timeout cuts the tail off on Lambda, where a request is billed until then, and quantiles of
// a half and 1 % say how many requests that are.
func TestTimeoutCutsTheTail(t *testing.T) {
	in := tailed(t, "10s", 100*time.Millisecond, 10*time.Second, 1)
	in.Variation = 0
	r := run(t, in, made(t, 5, spec.Steady, 4*time.Hour, 3))
	for _, target := range spec.Targets() {
		got := r.Of(target)
		if late := 1 - float64(got.Outcomes[replay.Served])/float64(got.Requests); math.Abs(late-.01) > .0015 {
			t.Errorf("%s: %.3f %% are cut off, want 1 %%", target, 100*late)
		}
		if got.Latency.Max > int64(10100*time.Millisecond) {
			t.Errorf("%s: one took %s", target, time.Duration(got.Latency.Max))
		}
	}
}

// TestEqualQuantiles are a mean that every request takes: the result is that of the mean to the
// byte, but for what says which of them was given.
func TestEqualQuantiles(t *testing.T) {
	quantiles := tailed(t, "29s", 40*time.Millisecond, 40*time.Millisecond, 12*time.Millisecond)
	mean := quantiles
	mean.Usage.Quantiles = demand.Maybe[spec.Quantiles]{}
	var results [2][]byte
	for i, in := range []simulate.Input{quantiles, mean} {
		in.Variation = 0
		r, err := simulate.Run(context.Background(), in, made(t, 20, spec.Steady, 10*time.Minute, 7))
		if err != nil {
			t.Fatal(err)
		}
		if results[i], err = json.Marshal(r.Pair); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(results[0], results[1]) {
		t.Error("the two differ")
	}
}
