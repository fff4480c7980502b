package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
)

// drawn is a Deployment drawn at random, of requests or of messages, and its trace.
func drawn(r *rand.Rand) func() Deployment {
	c, at, demand, options := draw(r)
	var delivery *Delivery
	if r.IntN(3) == 0 {
		delivery = &Delivery{
			Queue:   queue.Config{Visibility: time.Minute, Retention: time.Hour, Attempts: 3, Failures: .05 * float64(r.IntN(2)), Seed: options.Seed},
			Receive: 1 + r.IntN(10),
		}
		c.Autoscaler = hpa.Spec{Min: 1, Max: 10, Metrics: []hpa.Metric{{Kind: hpa.TotalPerPod, Target: 20_000}}, Behavior: hpa.DefaultBehavior()}
	}
	return func() Deployment { // a source is read once
		return Deployment{Config: c, Delivery: delivery, Source: replay.Arrivals(at), Demand: demand, Seed: options.Seed}
	}
}

func byItself(t *testing.T, d Deployment, options replay.Options) replay.Result {
	t.Helper()
	options.Seed = d.Seed
	var r replay.Result
	var err error
	if d.Delivery == nil {
		r, err = Run(context.Background(), d.Config, d.Source, d.Demand, options)
	} else {
		r, err = RunMessages(context.Background(), d.Config, *d.Delivery, d.Source, d.Demand, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTogetherAsAlone: Deployments that share no node are as they are alone, to the byte.
func TestTogetherAsAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 19))
	options := replay.Options{Until: 400e9}
	for round := range 25 {
		var deployments []Deployment
		var draws []func() Deployment
		for range 1 + r.IntN(4) {
			draw := drawn(r)
			if d := draw(); d.Nodes != (Nodes{}) {
				d.Nodes, d.Burst = Nodes{}, BurstNone
				again := draw
				draw = func() Deployment { d := again(); d.Nodes, d.Burst = Nodes{}, BurstNone; return d }
			}
			draws = append(draws, draw)
			deployments = append(deployments, draw())
		}
		each, whole, err := RunTogether(context.Background(), deployments, options)
		if err != nil {
			t.Fatal(err)
		}
		requests := int64(0)
		for i, draw := range draws {
			want, err := json.Marshal(byItself(t, draw(), options))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(each[i])
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("round %d, Deployment %d of %d:\n%s\nalone:\n%s", round, i, len(draws), got[:min(len(got), 900)], want[:min(len(want), 900)])
			}
			requests += each[i].Requests
		}
		if err := whole.Check(); err != nil || whole.Requests != requests {
			t.Errorf("%d requests all together, of %d: %v", whole.Requests, requests, err)
		}
	}
}

// TestTogetherLaws: on the nodes of one cluster no request and no message is lost, no node holds
// more than it has room for, and the run has the nodes that it says.
func TestTogetherLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 19))
	added, moved := 0, int64(0)
	for round := range 60 {
		room := nodes.Room{MilliCPU: 4000 + r.IntN(4000), MemoryMiB: 9000 + r.IntN(9000), Pods: 6 + r.IntN(20)}
		shared := []func(nodes.Room, int) Nodes{Karpenter, ClusterAutoscaler}[r.IntN(2)](room, 1+r.IntN(3))
		shared.Ready = time.Duration(r.IntN(60)) * time.Second
		shared.Unneeded, shared.After = min(shared.Unneeded, 20*time.Second), 0
		if r.IntN(2) == 0 {
			shared.Spot = Spot{Share: 1, Rate: MaxSpotRate}
		}
		var deployments []Deployment
		for range 2 + r.IntN(4) {
			d := drawn(r)()
			d.Nodes, d.Burst = shared, BurstNode
			deployments = append(deployments, d)
		}
		options := replay.Options{Until: int64(r.IntN(2)) * (1 + r.Int64N(300e9))}
		h := &checked{t: t}
		each, whole, err := h.run(deployments, options)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for i, x := range each {
			if err := x.Check(); err != nil {
				t.Errorf("round %d, Deployment %d: %v", round, i, err)
			}
			if x.Messages != nil {
				kept(t, x)
			}
			if x.Gauges[replay.Nodes].Seconds != 0 {
				t.Errorf("Deployment %d has nodes of its own", i)
			}
		}
		if err := whole.Check(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if whole.Gauges[replay.Nodes].Max > int64(shared.Min) {
			added++
		}
		moved += h.drained
		if t.Failed() {
			t.FailNow()
		}
	}
	if added < 10 || moved < 10 {
		t.Errorf("nodes were added in %d rounds, and %d drained: too few to say anything", added, moved)
	}
}

// checked runs Deployments together, and looks at the cluster at each request.
type checked struct {
	t       *testing.T
	drained int64
	last    int32
	n       int
}

func (c *checked) run(deployments []Deployment, options replay.Options) ([]replay.Result, replay.Result, error) {
	return runTogether(context.Background(), deployments, options, func(h *host) {
		if h.draining != none && c.last == none {
			c.drained++
		}
		c.last = h.draining
		if c.n++; c.n%11 == 0 {
			consistentCluster(c.t, h.cluster)
		}
	})
}

// consistentCluster says what does not add up between nodes and pods.
func consistentCluster(t *testing.T, c *cluster) {
	t.Helper()
	room := c.deployments[0].Nodes.Room
	used := make([]nodes.Room, len(c.nodes))
	stay, count := make([]int32, len(c.nodes)), 0
	for _, s := range c.deployments {
		on := make([]int32, len(c.nodes))
		for _, i := range s.live {
			p := &c.pods[i]
			if p.of != s {
				t.Fatalf("pod %d is not of Deployment %d", i, s.index)
			}
			if p.node == none {
				continue
			}
			u := &used[p.node]
			u.MilliCPU, u.MemoryMiB, u.Pods = u.MilliCPU+s.Pod.MilliCPU, u.MemoryMiB+s.Pod.MemoryMiB, u.Pods+1
			if !p.leaving {
				on[p.node]++
				stay[p.node]++
			}
		}
		for i, n := range on {
			if s.on[i].pods != n {
				t.Fatalf("node %d has %d pods of Deployment %d, and counts %d", i, n, s.index, s.on[i].pods)
			}
		}
	}
	for i := range c.nodes {
		n := &c.nodes[i]
		if !n.there {
			continue
		}
		count++
		left := nodes.Room{MilliCPU: room.MilliCPU - used[i].MilliCPU, MemoryMiB: room.MemoryMiB - used[i].MemoryMiB, Pods: room.Pods - used[i].Pods}
		if left.MilliCPU < 0 || left.MemoryMiB < 0 || left.Pods < 0 || !n.permanent && n.left != left || n.pods != stay[i] {
			t.Fatalf("node %d has %+v left and counts %+v; %d pods stay and it counts %d", i, left, n.left, stay[i], n.pods)
		}
	}
	if count != c.count {
		t.Fatalf("%d nodes, and %d are counted", count, c.count)
	}
}

// TestTogetherOnOneNode: two Deployments find room on the node that either needs for itself, and
// the one that computes slows the other one down.
func TestTogetherOnOneNode(t *testing.T) {
	one := func(seed uint64, rate float64, cpu int64) Deployment {
		c := Defaults(nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, 100)
		c.Nodes, c.Burst, c.Initial = Karpenter(nodes.Room{MilliCPU: 1800, MemoryMiB: 6900, Pods: 27}, 1), BurstNode, 1
		return Deployment{Config: c, Source: replay.Poisson(rate, 5*time.Minute, seed), Demand: replay.Demand{CPU: replay.Constant(cpu)}, Seed: seed}
	}
	quick := func() Deployment { return one(1, 20, 20e6) }
	slow := func() Deployment { return one(2, 1.2, 1e9) } // two thirds of the node
	each, whole, err := RunTogether(context.Background(), []Deployment{quick(), slow()}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := whole.Gauges[replay.Nodes]; n.Mean != 1 || n.Max != 1 {
		t.Errorf("nodes: %+v", n)
	}
	if alone := byItself(t, quick(), replay.Options{}); float64(each[0].Latency.Mean) < 1.2*float64(alone.Latency.Mean) {
		t.Errorf("a request takes %d ns beside others, and %d alone", each[0].Latency.Mean, alone.Latency.Mean)
	}
	if share := float64(whole.Meters[replay.CPUNanoseconds]) / float64(each[0].Requests*20e6+each[1].Requests*1e9); share != 1 {
		t.Errorf("%v of the CPU time was used", share)
	}
}
