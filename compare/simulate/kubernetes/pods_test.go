package kubernetes

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/replay"
)

// still is a cluster of two nodes, each with room for four pods, of which so many
// run. Nothing arrives.
func still(pods int) *simulator {
	c := usual()
	c.Pod = nodes.Pod{MilliCPU: 1000, MemoryMiB: 1}
	c.Nodes = Karpenter(nodes.Room{MilliCPU: 4100, MemoryMiB: 1000, Pods: 20}, 2)
	c.Initial, c.Autoscaler.Metrics = pods, nil
	return newSimulator(c, replay.Demand{CPU: replay.Constant(1e6)}, replay.Options{})
}

// TestWhichPodGoes: one reason after the other, the stronger ones first.
func TestWhichPodGoes(t *testing.T) {
	base := pod{phase: up, ready: true, node: none, changed: 100, number: 1}
	with := func(change func(*pod)) pod {
		p := base
		change(&p)
		return p
	}
	s := still(0)
	s.on[0].pods, s.on[1].pods = 1, 3
	for _, q := range []struct {
		name        string
		goes, stays pod
	}{
		{
			"without a node", with(func(p *pod) { p.phase = pending }),
			with(func(p *pod) { p.phase, p.ready, p.number = pulling, false, 2 }),
		},
		{"not started", with(func(p *pod) { p.phase = pulling }), with(func(p *pod) { p.ready, p.number = false, 2 })},
		{"not ready", with(func(p *pod) { p.ready, p.node = false, 0 }), with(func(p *pod) { p.node, p.number = 1, 2 })},
		{"beside the most", with(func(p *pod) { p.node = 1 }), with(func(p *pod) { p.node, p.changed, p.number = 0, 200, 2 })},
		{"ready last", with(func(p *pod) { p.changed = 200 }), with(func(p *pod) { p.number = 2 })},
		{"the newest", with(func(p *pod) { p.number = 2 }), base},
	} {
		if !s.before(&q.goes, &q.stays) || s.before(&q.stays, &q.goes) {
			t.Errorf("%s: %+v should go before %+v", q.name, q.goes, q.stays)
		}
	}
	// One that goes already is not chosen.
	s = still(3)
	first := s.dispensable()
	s.remove(first)
	if second := s.dispensable(); second == first {
		t.Error("a pod that goes was chosen again")
	}
}

// TestPull: an image is pulled once on a node, and pods that come meanwhile wait
// for what is left of it.
func TestPull(t *testing.T) {
	s := still(0) // no pod ran on these nodes
	var came []int64
	for i, at := range []int64{0, 0, 2e9, 20e9} {
		s.until(at)
		s.to(at)
		s.scale(int32(i + 1))
	}
	s.until(60e9)
	for _, i := range s.live {
		came = append(came, s.pods[i].started/1e6)
	}
	// .1 s to be scheduled, 5 s to pull on each of the two nodes; the third waits
	// for the first's, and the fourth finds it there.
	if want := []int64{5100, 5100, 5100, 20_100}; !slices.Equal(came, want) {
		t.Errorf("containers started after %v ms, want %v", came, want)
	}
}

// TestReading: what the autoscaler sees is by the API's rules: whole seconds,
// millicores rounded up, and pods that go are marked.
func TestReading(t *testing.T) {
	s := still(2)
	s.Autoscaler.Metrics = []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 50}, {Kind: hpa.Average, Target: 1000}}
	s.reading.Metrics = make([]hpa.Measured, 2)
	s.to(7_500_000_000)
	s.arrive(&replay.Request{CPU: 1e6}) // 1 ms on a core
	s.until(22_500_000_000)
	s.to(22_500_000_000)
	s.scrape()
	s.remove(s.live[1])
	s.read()
	r := &s.reading
	if len(r.Pods) != 2 || r.Pods[0].Deleting || !r.Pods[1].Deleting || r.Observed != 1 {
		t.Errorf("pods: %+v, %d observed", r.Pods, r.Observed)
	}
	// 1 ms in 22.5 s are .044 millicores; the request went to the second.
	idle, busy := r.Metrics[0].Samples[0], r.Metrics[0].Samples[1]
	if idle.Value != 0 || busy.Value != 1 || busy.Taken != 22*time.Second || busy.Window != 22500*time.Millisecond {
		t.Errorf("CPU: %+v and %+v", idle, busy)
	}
	if rate := r.Metrics[1].Samples[1].Value; rate != 44 { // thousandths of a request a second
		t.Errorf("rate: %d", rate)
	}
}

// TestDispensableNodes: a third node, with so many pods on each.
func TestDispensableNodes(t *testing.T) {
	for _, q := range []struct {
		name   string
		on     [3]int
		below  float64
		may    bool
		change func(*simulator)
	}{
		{"its pods fit elsewhere", [3]int{2, 2, 2}, 1, true, nil},
		{"they do not", [3]int{4, 4, 1}, 1, false, nil},
		{"it is empty", [3]int{4, 4, 0}, 1, true, nil},
		{"it is used too much", [3]int{2, 1, 3}, .5, false, nil},
		{"it is used little enough", [3]int{2, 1, 2}, .5, true, nil},
		{"others are needed", [3]int{0, 0, 0}, 1, false, func(s *simulator) { s.Nodes.Min = 3 }},
		{"DNS is on it", [3]int{0, 0, 0}, 1, false, func(s *simulator) { s.nodes[2].permanent = true }},
		{"it is not ready", [3]int{0, 0, 0}, 1, false, func(s *simulator) { s.nodes[2].ready = false }},
	} {
		s := still(0)
		s.Nodes.Below = q.below
		s.newNode()
		s.nodes[2].ready = true
		for n, pods := range q.on {
			s.nodes[n].take(s.Pod, pods)
			s.nodes[n].pods += int32(pods)
		}
		if q.change != nil {
			q.change(s)
		}
		if may := s.dispensableNode(2, s.room()); may != q.may {
			t.Errorf("%s: may go is %t", q.name, may)
		}
	}
}

// TestDrain: pods leave a node one at a time, each when the one before it is
// replaced and ready; then the node goes.
func TestDrain(t *testing.T) {
	s := still(8)
	s.newNode()
	s.nodes[2].ready = true
	s.starting--
	s.scale(10)
	s.until(30e9)
	if s.nodes[2].pods != 2 {
		t.Fatalf("%d pods on the third node", s.nodes[2].pods)
	}
	s.Start.App = 25 * time.Second // longer than between two scans
	s.scale(6)                     // leaves room on the others, at once and with time to spare
	least := len(s.serving)
	gone := int64(0)
	for at := int64(31e9); at < 300e9; at += 1e8 {
		s.until(at)
		s.to(at)
		if err := s.consistent(); err != nil {
			t.Fatal(err)
		}
		least = min(least, len(s.serving))
		if gone == 0 && s.count == 2 {
			gone = at
		}
	}
	if gone == 0 {
		t.Fatalf("the node did not go: %+v", s.nodes)
	}
	if least < 5 || len(s.serving) != 6 {
		t.Errorf("%d pods were ready at the least, and %d in the end", least, len(s.serving))
	}
}

// TestDrop: what is left is still done in order.
func TestDrop(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 100 {
		d := domain{jobs: make([]job, 0, 1), speed: newSpeed(1000)}
		for i := range int32(50) {
			d.push(1+r.Int64N(1000), i)
		}
		gone := int32(r.IntN(7))
		d.drop(func(request int32) bool { return request%7 == gone })
		last := int64(0)
		for len(d.jobs) > 0 {
			end := d.jobs[0].end
			if request := d.pop(); end < last || request%7 == gone {
				t.Fatalf("request %d ends at %d, after %d", request, end, last)
			}
			last = end
		}
	}
}
