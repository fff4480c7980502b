package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/replay"
	"ambi/target/kubernetes"
)

// evenly is arrivals at an even rate a second, from second to second.
func evenly(at []int64, perSecond, from, to int64) []int64 {
	for second := from; second < to; second++ {
		for i := range perSecond {
			at = append(at, second*1e9+i*1e9/perSecond)
		}
	}
	return at
}

func run(t *testing.T, c Config, source replay.Source, demand replay.Demand, until time.Duration) replay.Result {
	t.Helper()
	r, err := Run(context.Background(), c, source, demand, replay.Options{Until: int64(until), Width: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	checkRun(t, r)
	return r
}

// changes tells from which second on a gauge has which level, where its level
// lasts for a whole second.
func changes(r replay.Result, g replay.Gauge) string {
	text, last := "", -1.0
	for _, p := range r.Series {
		if level := p.Gauges[g].Mean; level != last && level == float64(int64(level)) {
			text += fmt.Sprintf(" %g@%d", level, p.At/1e9)
			last = level
		}
	}
	return text[min(1, len(text)):]
}

// steps is a Deployment without nodes that follows the CPU at 50 %.
func steps() Config {
	c := Defaults(nodes.Pod{MilliCPU: 1000, MemoryMiB: 1}, 1_000_000)
	c.EntryTimeout, c.Initial = 0, 2
	c.Autoscaler = hpa.Spec{Min: 1, Max: 30, Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 50}}, Behavior: hpa.DefaultBehavior()}
	return c
}

// TestStepUp: two pods at 50 % are given three times the work at 300 s. Metrics
// are scraped at 7.5 s, 22.5 s, …, and are averages of 30 s.
//
//	315 s: 22.5 s at .5 and 7.5 s at 1 are 62 %; 62/50 x 2 = 2.48: 3
//	330 s: 7.5 s at .5 and 22.5 s at 1 are 87 %. The third pod started at 320.1 s
//	       and has no value at 322.5 s; taken for idle, 1750/3000 = 58 %, x 3 = 3.48: 4
//	345 s: the two are at 100 %. Of the third there is a value, from its start at
//	       320.1 s to 337.5 s; it was ready at 320 s and the value is of 17.4 s, which
//	       end at 337 s: less than one window after, so it does not count yet. The
//	       fourth has none. 100/50, with both as idle: 2000/4000 = 50 %: still 4
func TestStepUp(t *testing.T) {
	at := evenly(evenly(nil, 100, 0, 300), 300, 300, 1200)
	r := run(t, steps(), replay.Arrivals(at), replay.Demand{CPU: replay.Constant(10e6)}, 1200*time.Second)
	got := changes(r, replay.Wanted)
	const want = "2@0 3@315 4@330"
	if len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("replicas over time: %s\nwant at first: %s", got, want)
	}
	// In the end three cores of work are at 50 % of six.
	if last := r.Series[len(r.Series)-1].Gauges[replay.Wanted].Mean; last != 6 {
		t.Errorf("%g replicas in the end, want 6: %s", last, got)
	}
}

// TestStepDown: six pods at 50 % keep a third of the work from 600 s on.
//
//	600 s: still 50 %, a recommendation of 6
//	615 s: 22.5 s at .5 and 7.5 s at 1/6 are 41 %; 41/50 x 6 = 4.92: 5
//	630 s: 7.5 s at .5 and 22.5 s at 1/6 are 25 %: 3
//	645 s: 16 %; 16/50 x 6 = 1.92: 2
//
// Each holds for 300 s.
func TestStepDown(t *testing.T) {
	c := steps()
	c.Initial = 6
	at := evenly(evenly(nil, 300, 0, 600), 100, 600, 1200)
	r := run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(10e6)}, 1200*time.Second)
	if got, want := changes(r, replay.Wanted), "6@0 5@900 3@915 2@930"; got != want {
		t.Errorf("replicas over time: %s\nwant: %s", got, want)
	}
	if failed := r.Of(replay.Failed); failed > 0 {
		t.Errorf("%d requests failed while pods went", failed)
	}
}

// TestRequestsMetric: 200 requests a second find 2 pods, where a pod should have 20.
//
//	15 s: 100 a second for each are 5 x 2 = 10; no more than 4 pods more at once: 6
//	30 s: the four take requests from 21.1 s on, and have no value at 22.5 s. The two
//	      had 100 for 21.1 s and 33 for 1.4 s; 2 x 95.8 / 6 pods are 31.9: 9.6, so 10
//	45 s: the two 62.9, over 30 s of which half are past; the four 32; the other four
//	      none: 24.7 on average, 12.4: 13, more than will be needed
func TestRequestsMetric(t *testing.T) {
	c := steps()
	c.Autoscaler.Metrics = []hpa.Metric{{Kind: hpa.Average, Target: 20_000}} // 20 a second
	r := run(t, c, replay.Arrivals(evenly(nil, 200, 0, 900)), replay.Demand{CPU: replay.Constant(1e6)}, 900*time.Second)
	const want = "2@0 6@15 10@30 13@45"
	if got := changes(r, replay.Wanted); len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("replicas over time: %s\nwant at first: %s", got, want)
	}
	if last := r.Series[len(r.Series)-1].Gauges[replay.Wanted].Mean; last != 10 {
		t.Errorf("%g replicas in the end, want 10", last)
	}
}

// TestScaleToZero: KEDA looks every 30 s, at scrapes of 7.5 s, 22.5 s, ….
// Requests from 100 s on are in the scrape of 112.5 s: one replica at 120 s, which
// takes .1 s to be scheduled, 5 s to pull and 1 s to be known. The last ones, at
// 200 s, are still in the window at 210 s; 300 s later there is none.
func TestScaleToZero(t *testing.T) {
	c := steps()
	c.Initial = 0
	c.KEDA = &KEDA{Poll: kubernetes.KEDAPoll, Cooldown: kubernetes.KEDACooldown}
	c.Autoscaler.Metrics = []hpa.Metric{{Kind: hpa.TotalPerPod, Target: 100_000}}
	r := run(t, c, replay.Arrivals(evenly(nil, 10, 100, 200)), replay.Demand{CPU: replay.Constant(1e6)}, 700*time.Second)
	if got, want := changes(r, replay.Wanted), "0@0 1@120 0@510"; got != want {
		t.Errorf("replicas over time: %s\nwant: %s", got, want)
	}
	// From 100 s to 126.1 s there is no pod: 261 requests, and the one at 126.1 s
	// comes after the pod.
	if got := r.Outcomes[replay.FailedNoPod]; got != 261 {
		t.Errorf("%d requests found no pod, want 261", got)
	}
	if pods := r.Series[600].Gauges[replay.Instances].Mean; pods != 0 {
		t.Errorf("%g pods are left", pods)
	}
}

// TestNodes: five pods' work, and more, finds two nodes with room for three pods
// each; the node that is added comes by the preset's figures, and goes when the
// work does.
func TestNodes(t *testing.T) {
	room := nodes.Room{MilliCPU: 3100, MemoryMiB: 10_000, Pods: 20} // DNS takes 100
	for _, q := range []struct {
		name    string
		preset  Nodes
		arrives int64
		goes    [2]int64 // no earlier and no later, in seconds
	}{
		// 91 % at 15 s: pods wait from 15.1 s on, and the order goes out at 16.1 s.
		// Replicas fall after about 300 s + 300 s, and nodes at the next scans.
		{"karpenter", Karpenter(room, 2), 16 + 60, [2]int64{600, 670}},
		// The next scan is at 20 s. A node is left for ten minutes.
		{"cluster-autoscaler", ClusterAutoscaler(room, 2), 20 + 240, [2]int64{1200, 1270}},
	} {
		t.Run(q.name, func(t *testing.T) {
			c := steps()
			c.Nodes, c.Burst, c.Initial = q.preset, BurstNode, 6
			c.Autoscaler.Max = 8
			at := evenly(evenly(nil, 550, 0, 300), 50, 300, 1700)
			r := run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(10e6)}, 1700*time.Second)
			pending := int64(0)
			for _, p := range r.Series {
				if p.Gauges[replay.Pending].Max > 0 {
					pending = p.At / 1e9
				}
			}
			if pending != q.arrives {
				t.Errorf("pods waited for a node until %d s, want %d s", pending, q.arrives)
			}
			if most := r.Gauges[replay.Nodes].Max; most != 3 {
				t.Errorf("%d nodes, want 3", most)
			}
			gone := int64(0)
			for _, p := range r.Series {
				if p.Gauges[replay.Nodes].Max > 2 {
					gone = p.At / 1e9
				}
			}
			if gone < q.goes[0] || gone > q.goes[1] {
				t.Errorf("the third node went at %d s, want %v: nodes %s, pods %s", gone, q.goes, changes(r, replay.Nodes), changes(r, replay.Instances))
			}
			if failed := r.Of(replay.Failed); failed > 0 {
				t.Errorf("%d requests failed", failed)
			}
		})
	}
}

// TestOutcomes: one request at a time, a second each, ten at once.
func TestOutcomes(t *testing.T) {
	c := alone(1, 1)
	c.Timeout = 3500 * time.Millisecond
	at := make([]int64, 10)
	r := run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(1e9)}, 0)
	// Done after 1, 2 and 3 s; the fourth begins in time and is done too late; the
	// others never begin.
	want := replay.OutcomeCounts{replay.Served: 3, replay.TimedOutApp: 1, replay.TimedOutQueue: 6}
	if r.Outcomes != want {
		t.Errorf("%v, want %v", r.Outcomes, want)
	}
	if wait := int64(1e9 + 2e9 + 3e9 + 7*3.5e9); r.Meters[replay.LatencyNanoseconds] != wait {
		t.Errorf("latencies of %d ns in all, want %d", r.Meters[replay.LatencyNanoseconds], wait)
	}
	// They waited for 1, 2 and 3 s, and 3.5 s each.
	if wait := int64(1e9 + 2e9 + 3e9 + 6*3.5e9); r.Meters[replay.QueuedNanoseconds] != wait {
		t.Errorf("waits of %d ns in all, want %d", r.Meters[replay.QueuedNanoseconds], wait)
	}
	c.Queue = 2
	r = run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(1e9)}, 0)
	want = replay.OutcomeCounts{replay.Served: 3, replay.FailedQueue: 7}
	if r.Outcomes != want {
		t.Errorf("with a queue of 2: %v, want %v", r.Outcomes, want)
	}
	c.EntryTimeout = 2500 * time.Millisecond
	r = run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(1e9)}, 0)
	want = replay.OutcomeCounts{replay.Served: 2, replay.TimedOutEntry: 1, replay.FailedQueue: 7}
	if r.Outcomes != want {
		t.Errorf("with a balancer that gives up after 2.5 s: %v, want %v", r.Outcomes, want)
	}
}

// TestStop: six pods become two under way. Requests take 5 s.
func TestStop(t *testing.T) {
	for _, q := range []struct {
		name           string
		preStop, grace time.Duration
		fail           bool
	}{
		{"as ambi writes it", 10 * time.Second, 20 * time.Second, false},
		{"just long enough", time.Second, 7 * time.Second, false},
		{"killed too soon", time.Second, 2 * time.Second, true},
		{"told to stop before the balancer knows", 0, 20 * time.Second, true},
	} {
		c := steps()
		c.Initial = 6
		c.Stop = Stop{q.preStop, q.grace}
		at := evenly(evenly(nil, 300, 0, 30), 100, 30, 500)
		r := run(t, c, replay.Arrivals(at), replay.Demand{CPU: replay.Constant(10e6), Wait: replay.Constant(5e9)}, 0)
		if failed := r.Outcomes[replay.FailedPod]; failed > 0 != q.fail || r.Outcomes[replay.Served]+failed != r.Requests {
			t.Errorf("%s: %v", q.name, r.Outcomes)
		}
		if r.Meters[replay.Stopped] != 4 {
			t.Errorf("%s: %d pods stopped, want 4", q.name, r.Meters[replay.Stopped])
		}
	}
}

// TestBalance: every policy spreads requests evenly, and the one that looks at
// queues keeps them shorter than the one that throws dice.
func TestBalance(t *testing.T) {
	waits := map[Balance]int64{}
	for _, b := range []Balance{RoundRobin, LeastOutstanding, Random} {
		c := alone(1, 1)
		c.Initial, c.Balance = 10, b
		r := run(t, c, replay.Poisson(80, 2000*time.Second, 7), replay.Demand{CPU: replay.Exponential(100e6), Seed: 7}, 0)
		waits[b] = r.Meters[replay.QueuedNanoseconds]
	}
	if !(waits[LeastOutstanding] < waits[RoundRobin]/2 && waits[RoundRobin] < waits[Random]) {
		t.Errorf("waits: least outstanding %d, round robin %d, random %d", waits[LeastOutstanding], waits[RoundRobin], waits[Random])
	}
	// Random choice makes ten M/M/1 queues of it: .8/(1-.8) x 100 ms.
	if mean := float64(waits[Random]) / 160_000 / 1e6; mean < 360 || mean > 440 {
		t.Errorf("a request waits for %g ms with random choice, want 400", mean)
	}
}

// draw is a random configuration with traffic that fits it badly.
func draw(r *rand.Rand) (Config, []int64, replay.Demand, replay.Options) {
	c := Defaults(nodes.Pod{MilliCPU: 100 + r.IntN(1500), MemoryMiB: 64 + r.IntN(2000)}, 1+r.IntN(20))
	c.Queue = r.IntN(50)
	c.Timeout = time.Duration(r.IntN(5000)) * time.Millisecond
	c.EntryTimeout = time.Duration(r.IntN(8000)) * time.Millisecond
	c.Balance = Balance(r.IntN(3))
	c.Initial = r.IntN(7) - 1
	c.Autoscaler = hpa.Spec{Min: int32(1 + r.IntN(3)), Max: int32(3 + r.IntN(12)), Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: int64(10 + r.IntN(90))}}}
	switch r.IntN(4) {
	case 0:
		c.Autoscaler.Metrics[0] = hpa.Metric{Kind: hpa.Average, Target: int64(100 + r.IntN(30_000))}
	case 1:
		c.Autoscaler.Metrics[0] = hpa.Metric{Kind: hpa.TotalPerPod, Target: int64(100 + r.IntN(30_000))}
		c.KEDA = &KEDA{Poll: time.Duration(1+r.IntN(40)) * time.Second, Cooldown: time.Duration(r.IntN(200)) * time.Second}
	}
	if r.IntN(3) > 0 {
		window := time.Duration(r.IntN(60)) * time.Second
		c.Autoscaler.Behavior = hpa.DefaultBehavior()
		c.Autoscaler.Behavior.Down.Window = window
	}
	c.Flags.Stabilization = time.Duration(r.IntN(100)) * time.Second
	c.Start.App = time.Duration(r.IntN(20)) * time.Second
	c.Stop = Stop{time.Duration(r.IntN(8)) * time.Second, time.Duration(r.IntN(12)) * time.Second}
	if r.IntN(4) > 0 {
		room := nodes.Room{MilliCPU: 1700 + r.IntN(2500), MemoryMiB: 2200 + r.IntN(5000), Pods: 4 + r.IntN(20)}
		c.Nodes = []func(nodes.Room, int) Nodes{Karpenter, ClusterAutoscaler}[r.IntN(2)](room, r.IntN(4))
		c.Nodes.Ready = time.Duration(r.IntN(60)) * time.Second
		c.Nodes.Unneeded, c.Nodes.After = min(c.Nodes.Unneeded, time.Duration(r.IntN(60))*time.Second), 0
		c.Nodes.Max = r.IntN(2) * (4 + r.IntN(6))
		c.Burst = Burst(r.IntN(2))
	}
	var at []int64
	now := int64(0)
	for range 20 {
		rate := int64(1 + r.IntN(200)*r.IntN(2))
		length := int64(1 + r.IntN(30))
		at = evenly(at, rate, now, now+length)
		now += length + int64(r.IntN(2)*r.IntN(90))
	}
	demand := replay.Demand{CPU: replay.Exponential(float64(1+r.IntN(40)) * 1e6), Wait: replay.Lognormal(float64(r.IntN(300))*1e6+1, 1), Seed: r.Uint64()}
	if r.IntN(3) == 0 {
		demand.Wait = replay.Constant(int64(r.IntN(2)) * 1e8)
	}
	options := replay.Options{Seed: r.Uint64(), Until: int64(r.IntN(2)) * (1 + r.Int64N(at[len(at)-1]))}
	if c.Nodes.Room != (nodes.Room{}) && r.IntN(2) == 0 {
		c.Nodes.Spot = Spot{Share: r.Float64(), Reserved: r.IntN(2), Rate: MaxSpotRate}
	}
	return c, at, demand, options
}

// TestRandomConfigurations: in any configuration no request is lost, whether the
// run is cut short or not, and the state adds up at every moment.
func TestRandomConfigurations(t *testing.T) {
	var sum replay.OutcomeCounts
	killed, interrupted := int64(0), int64(0)
	for seed := range uint64(400) {
		c, at, demand, options := draw(rand.New(rand.NewPCG(seed, 0)))
		if err := c.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r, err := Run(context.Background(), c, replay.Arrivals(at), demand, options)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if checkRun(t, r); t.Failed() {
			t.Fatalf("seed %d: %+v", seed, c)
		}
		for o, n := range r.Outcomes {
			sum[o] += n
		}
		killed += r.Meters[replay.Stopped]
		interrupted += r.Meters[replay.Interruptions]
		c.settle(replay.RequestsOf(replay.Arrivals(at), demand), demand)
		s := newSimulator(c, demand, options)
		for n, next := range at {
			s.until(next)
			s.to(next)
			wait, cpu := demand.Of(int64(n))
			s.arrive(&replay.Request{At: next, Wait: wait, CPU: cpu})
			if n%7 == 0 {
				if err := s.consistent(); err != nil {
					t.Fatalf("seed %d, request %d at %d: %v\n%+v", seed, n, next, err, c)
				}
			}
		}
	}
	// All that can happen must have happened, or nothing was tested.
	for _, o := range []replay.Outcome{
		replay.Served, replay.TimedOutApp, replay.TimedOutEntry, replay.TimedOutQueue,
		replay.FailedQueue, replay.FailedNoPod, replay.FailedPod,
	} {
		if sum[o] < 100 {
			t.Errorf("%d requests %s: too few", sum[o], o)
		}
	}
	if interrupted < 50 {
		t.Errorf("%d nodes interrupted: too few", interrupted)
	}
	if killed < 1000 {
		t.Errorf("%d pods stopped: too few", killed)
	}
}

// consistent says what does not add up.
func (s *simulator) consistent() error {
	var active, queued, computing, scheduled, jobs int64
	left := map[int32]nodes.Room{}
	stay := map[int32]int32{}
	for i := range s.nodes {
		if n := &s.nodes[i]; n.there {
			room := s.Nodes.Room
			if n.left.MilliCPU < 0 || n.left.MemoryMiB < 0 || n.left.Pods < 0 {
				return fmt.Errorf("node %d is too full: %+v", i, n.left)
			}
			left[int32(i)] = room
		}
	}
	for i := range s.pods {
		p := &s.pods[i]
		if p.phase == absent {
			if p.active+p.queued > 0 {
				return fmt.Errorf("a pod that is gone has requests")
			}
			continue
		}
		active += int64(p.active)
		queued += int64(p.queued)
		computing += int64(p.computing)
		if p.phase != pending {
			scheduled++
		}
		if p.serving != slices.Contains(s.serving, int32(i)) {
			return fmt.Errorf("the balancer has it wrong of pod %d", i)
		}
		if int(p.active) > s.Concurrency || int(p.queued) > s.Queue {
			return fmt.Errorf("pod %d has %d requests and %d that wait", i, p.active, p.queued)
		}
		if p.queued > 0 && int(p.active) < s.Concurrency {
			return fmt.Errorf("pod %d lets requests wait and could work", i)
		}
		if p.node != none {
			room := left[p.node]
			room.MilliCPU -= s.Pod.MilliCPU
			room.MemoryMiB -= s.Pod.MemoryMiB
			room.Pods--
			left[p.node] = room
			if !p.leaving {
				stay[p.node]++
			}
		}
	}
	for d := range s.domains {
		jobs += int64(len(s.domains[d].jobs))
		if s.turns.large == nil && s.turns.block[d] != keyOf(d, never) && len(s.domains[d].jobs) == 0 {
			return fmt.Errorf("domain %d is idle and has a turn", d)
		}
	}
	for i, room := range left {
		n := &s.nodes[i]
		if !n.permanent && n.left != room || n.pods != stay[i] {
			return fmt.Errorf("node %d has %+v left and %d pods, want %+v and %d", i, n.left, n.pods, room, stay[i])
		}
	}
	switch {
	case active != s.inUse, queued != s.queued, computing != jobs, scheduled != s.scheduled:
		return fmt.Errorf("in use %d and %d, queued %d and %d, computing %d and %d, pods %d and %d", active, s.inUse, queued, s.queued, computing, jobs, scheduled, s.scheduled)
	case len(left) != s.count:
		return fmt.Errorf("%d nodes, and %d are counted", len(left), s.count)
	case s.inUse != s.record.Level(replay.InUse), s.queued != s.record.Level(replay.Queued), s.scheduled != s.record.Level(replay.Instances), int64(s.count) != s.record.Level(replay.Nodes):
		return fmt.Errorf("the gauges are not what they measure")
	}
	return nil
}

var update = flag.Bool("update", false, "write golden files anew")

// TestSameBytes compares with bytes that are checked in, which any machine has to
// come to; try GOARCH=386 and GOAMD64=v3, which fuses products and sums.
func TestSameBytes(t *testing.T) {
	of := func(seed uint64) []byte {
		c := usual()
		c.Initial, c.Balance, c.Timeout = 5, Balance(seed%3), 2*time.Second
		r, err := Run(context.Background(), c, replay.Poisson(300, 10*time.Minute, seed),
			replay.Demand{CPU: replay.Lognormal(12e6, 1), Wait: replay.Exponential(28e6), Seed: seed},
			replay.Options{Seed: seed, Width: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(r, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		return append(text, '\n')
	}
	got := of(1)
	if !bytes.Equal(got, of(1)) {
		t.Error("the same seed gave other bytes")
	}
	if bytes.Equal(got, of(2)) {
		t.Error("another seed gave the same bytes")
	}
	const golden = "testdata/result.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the bytes differ from %s:\n%s", golden, got)
	}
}

// TestInterrupted: a run that is stopped tells what it has so far.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	r, err := Run(ctx, usual(), replay.Poisson(1000, time.Hour, 1), replay.Demand{CPU: replay.Constant(12e6)}, replay.Options{
		Progress: func(int64) {
			if told++; told == 5 {
				cancel()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Partial || r.Requests < 200_000 || r.Requests > 400_000 || r.Check() != nil {
		t.Errorf("partial %t after %d requests: %v", r.Partial, r.Requests, r.Check())
	}
}

// TestMemory: a trace four times as long takes no more memory.
func TestMemory(t *testing.T) {
	allocations := func(length time.Duration) float64 {
		return testing.AllocsPerRun(1, func() {
			_, err := Run(context.Background(), usual(), replay.Poisson(1000, length, 1),
				replay.Demand{CPU: replay.Lognormal(12e6, 1), Wait: replay.Lognormal(28e6, 1)}, replay.Options{Width: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	short, long := allocations(100*time.Second), allocations(400*time.Second)
	t.Logf("%g allocations for 100,000 requests, %g for 400,000", short, long)
	if long > short+20 {
		t.Errorf("%g allocations for 100,000 requests, %g for 400,000", short, long)
	}
}

// TestSettled: a trace that begins in the middle of traffic finds the replicas
// that its first minute needs, and every arrival is given once.
func TestSettled(t *testing.T) {
	c := usual()
	c.Initial = Settled
	demand := replay.Demand{CPU: replay.Constant(12e6)}
	// 300 a second of 12 ms are 3.6 cores; a pod has .5, and should use .35 of it.
	r := run(t, c, replay.Poisson(300, 400*time.Second, 1), demand, 400*time.Second)
	if first := r.Series[0].Gauges[replay.Ready].Max; first != 11 {
		t.Errorf("%d pods at first, want 11", first)
	}
	c.Initial = 11
	if fixed := run(t, c, replay.Poisson(300, 400*time.Second, 1), demand, 400*time.Second); fixed.Latency.Mean != r.Latency.Mean || fixed.Requests != r.Requests {
		t.Errorf("%d requests of %d ns, and with the same replicas given %d of %d ns", r.Requests, r.Latency.Mean, fixed.Requests, fixed.Latency.Mean)
	}
	// A rate that the first minute does not hold all of, and a minute without any.
	for _, q := range []struct {
		rate, from int64
		want       int64
	}{{40_000, 0, 100}, {1, 61, 1}} {
		c.Initial = Settled
		at := evenly(nil, q.rate, q.from, q.from+5)
		r := run(t, c, replay.Arrivals(at), demand, 70*time.Second)
		if first := r.Series[0].Gauges[replay.Ready].Max; first != q.want || r.Requests != int64(len(at)) {
			t.Errorf("%d requests and %d pods at first, want %d and %d", r.Requests, first, len(at), q.want)
		}
	}
}
