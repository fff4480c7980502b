package lambda

import (
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// TestSettled: a trace that begins in the middle of traffic finds the environments that
// the traffic before would have left, and no storm of starts.
func TestSettled(t *testing.T) {
	usage := demand.Usage{
		Requests: demand.Known(50. * demand.SecondsPerMonth), Duration: demand.Known(100 * time.Millisecond), CPUTime: demand.Known(20 * time.Millisecond),
		Shape: spec.Steady,
	}
	traffic, err := usage.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	starts := func(warm int, span time.Duration) (started int64, atOnce int64) {
		t.Helper()
		source, err := trace.Synthesize(traffic, span, 1)
		if err != nil {
			t.Fatal(err)
		}
		draws, err := replay.DemandOf(traffic, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		c := Defaults(512)
		c.Warm, c.Init = warm, replay.Constant(int64(200*time.Millisecond))
		r, err := Run(t.Context(), c, source, draws, replay.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		return r.Meters[replay.Started], r.Gauges[replay.Instances].Max
	}
	cold, _ := starts(0, 10*time.Minute)
	settled, most := starts(Settled, 10*time.Minute)
	// Fifty a second, of about 150 ms: eight are busy on average, and twenty are there.
	if cold < 15 || settled > cold/3 || most > 40 {
		t.Errorf("%d start where none was there, %d where it was settled, of %d at most", cold, settled, most)
	}
	// What starts in an hour from then on is about what starts in the second hour.
	one, _ := starts(Settled, time.Hour)
	two, _ := starts(Settled, 2*time.Hour)
	if later := two - one; one > 2*later+5 || later > 2*one+5 {
		t.Errorf("%d start in the first hour, %d in the second", one, later)
	}
}

// A function cannot begin with more environments than it may have.
func TestWarmIsBounded(t *testing.T) {
	c := Defaults(512)
	c.Warm = 1001
	if err := c.Check(); err == nil {
		t.Error("more environments than the account may have are no error")
	}
}
