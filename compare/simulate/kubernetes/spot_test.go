package kubernetes

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate/replay"
)

// onTwoNodes has a pod on each of two nodes, which have no room for another.
func onTwoNodes() Config {
	c := Defaults(nodes.Pod{MilliCPU: 1000, MemoryMiB: 100}, 1)
	c.Nodes = Karpenter(nodes.Room{MilliCPU: 1150, MemoryMiB: 1000, Pods: 10}, 2)
	c.Burst, c.Initial = BurstNode, 2
	c.EntryTimeout = 0
	c.Start.App, c.Start.Probe = 2*time.Second, time.Second
	c.Stop = Stop{PreStop: 5 * time.Second, Grace: 30 * time.Second}
	return c
}

// TestInterruptionsAreAsManyAsExpected: a Poisson process of so many a month and node.
func TestInterruptionsAreAsManyAsExpected(t *testing.T) {
	const rate = 20
	got, expected := 0.0, 0.0
	for seed := range uint64(8) {
		c := onTwoNodes()
		c.Nodes.Min, c.Nodes.Spot = 20, Spot{Share: .5, Rate: rate}
		r := spotRun(t, c, replay.Arrivals(nil), replay.Demand{}, replay.Options{Seed: seed, Until: int64(10 * 24 * time.Hour)})
		got += float64(r.Meters[replay.Interruptions])
		expected += rate * r.Gauges[replay.Nodes].Seconds / 2 / demand.SecondsPerMonth
	}
	if sigma := math.Sqrt(expected); expected < 400 || math.Abs(got-expected) > 3*sigma {
		t.Errorf("%g nodes were interrupted, want %g, give or take %.3g", got, expected, sigma)
	}
}

// TestNoInterruptionsNoDifference: spot nodes that stay are like any.
func TestNoInterruptionsNoDifference(t *testing.T) {
	of := func(spot Spot) []byte {
		c := onTwoNodes()
		c.Nodes.Spot = spot
		r := spotRun(t, c, replay.Poisson(1, time.Hour, 1), replay.Demand{CPU: replay.Exponential(2e8), Seed: 1}, replay.Options{Seed: 1})
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	without := of(Spot{})
	if !bytes.Equal(without, of(Spot{Share: 1, Rate: 1e-9})) {
		t.Error("spot nodes made a difference, and none was interrupted")
	}
	if bytes.Equal(without, of(Spot{Share: 1, Rate: MaxSpotRate})) {
		t.Error("interruptions made no difference")
	}
}

// TestInterruptedByHand: notice is at 100 s. The pod is evicted then, is out of the balancer at
// 101 s and gone at 105 s, and its node with it. A node is ordered at 101 s and ready at 161 s; the
// image is there at 166 s, the app listens at 168 s, and the balancer knows at 169 s.
func TestInterruptedByHand(t *testing.T) {
	c := onTwoNodes()
	c.Nodes.Spot = Spot{Share: 1, Rate: 1e-9}
	s := newSimulator(c, replay.Demand{}, replay.Options{})
	s.calendar.add(100e9, interrupt, 1, s.nodes[1].life)
	for _, want := range []struct {
		at           float64
		ready, nodes int64
	}{
		{99.9, 2, 2}, {100.9, 2, 2}, {101, 1, 3}, {104.9, 1, 3}, {105, 1, 2}, {168.9, 1, 2}, {169, 2, 2}, {400, 2, 2},
	} {
		s.until(int64(want.at * 1e9))
		if ready, nodes := s.record.Level(replay.Ready), s.record.Level(replay.Nodes); ready != want.ready || nodes != want.nodes {
			t.Errorf("at %g s %d pods take requests on %d nodes, want %d on %d", want.at, ready, nodes, want.ready, want.nodes)
		}
		if err := s.consistent(); err != nil {
			t.Errorf("at %g s: %v", want.at, err)
		}
		if short := want.at >= 100 && want.at < 169; s.short != short {
			t.Errorf("at %g s a replica is missing: %v", want.at, s.short)
		}
	}
	if s.noDNS != 0 || s.spots != 2 || s.going != 0 {
		t.Errorf("%d DNS pods have no node, %d nodes are spot, %d go", s.noDNS, s.spots, s.going)
	}
}

// TestNodeEndsWhatIsOnIt: work that takes longer than AWS's notice ends with the node, whatever
// the grace period.
func TestNodeEndsWhatIsOnIt(t *testing.T) {
	c := onTwoNodes()
	c.Stop.Grace = 10 * time.Minute
	c.Nodes.Spot = Spot{Share: 1, Rate: 1e-9}
	s := newSimulator(c, replay.Demand{}, replay.Options{})
	s.calendar.add(100e9, interrupt, 1, s.nodes[1].life)
	s.until(90e9)
	for range 2 { // one on each node
		s.to(90e9)
		s.arrive(&replay.Request{At: 90e9, Wait: 300e9})
	}
	for _, want := range []struct {
		at, inUse, nodes int64
	}{{219, 2, 3}, {220, 1, 2}, {389, 1, 2}, {390, 0, 2}} {
		s.until(want.at * 1e9)
		if inUse, nodes := s.record.Level(replay.InUse), s.record.Level(replay.Nodes); inUse != want.inUse || nodes != want.nodes {
			t.Errorf("at %d s %d requests are at work on %d nodes, want %d on %d", want.at, inUse, nodes, want.inUse, want.nodes)
		}
	}
	r := s.result(400e9, replay.Options{})
	if r.Outcomes[replay.FailedPod] != 1 || r.Outcomes[replay.Served] != 1 || r.Meters[replay.InterruptedFailed] != 1 || r.Meters[replay.Interruptions] != 1 {
		t.Errorf("outcomes %v, meters %v", r.Outcomes, r.Meters)
	}
}

// TestInterruptedRunStartsAgain: a run whose node is taken back has its grace period, and then
// starts from the beginning while it has attempts left.
func TestInterruptedRunStartsAgain(t *testing.T) {
	for attempts, want := range map[int]replay.Outcome{1: replay.FailedPod, 2: replay.Served} {
		c := onTwoNodes()
		c.Jobs, c.Initial = &Jobs{Attempts: attempts}, 0
		s := newSimulator(c, replay.Demand{}, replay.Options{})
		s.to(1e9)
		s.arrive(&replay.Request{At: 1e9, Wait: 200e9})
		s.until(50e9)
		s.calendar.add(100e9, interrupt, s.pods[0].node, s.nodes[s.pods[0].node].life)
		s.until(1000e9)
		r := s.result(1000e9, replay.Options{})
		if r.Outcomes[want] != 1 || r.InFlight != 0 {
			t.Errorf("with %d attempts: outcomes %v, %d in flight", attempts, r.Outcomes, r.InFlight)
		}
	}
}

func spotRun(t *testing.T, c Config, source replay.Source, demand replay.Demand, options replay.Options) replay.Result {
	t.Helper()
	r, err := Run(t.Context(), c, source, demand, options)
	if err != nil {
		t.Fatal(err)
	}
	checkRun(t, r)
	return r
}
