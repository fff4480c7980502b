package kubernetes

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/replay"
)

// usual is 500m pods that are about right for 1,000 requests a second.
func usual() Config {
	c := Defaults(nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, 10)
	c.Nodes = Karpenter(nodes.Room{MilliCPU: 1805, MemoryMiB: 6900, Pods: 27}, 2)
	c.Burst, c.Timeout, c.Initial = BurstNode, 10*time.Second, 35
	c.Autoscaler = hpa.Spec{Min: 1, Max: 100, Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 70}}, Behavior: hpa.DefaultBehavior()}
	return c
}

// BenchmarkSteady is steady traffic of 1,000 requests a second on 35 pods and 12
// nodes. One operation is one request, its arrival drawn too.
func BenchmarkSteady(b *testing.B) {
	for _, test := range []struct {
		name   string
		demand replay.Demand
	}{
		{"constant", replay.Demand{CPU: replay.Constant(12e6), Wait: replay.Constant(28e6)}},
		{"computing", replay.Demand{CPU: replay.Constant(12e6)}},
		{"lognormal", replay.Demand{CPU: replay.Lognormal(12e6, .5), Wait: replay.Lognormal(28e6, .5), Seed: 1}},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			source := replay.Poisson(1000, time.Duration(b.N)*time.Millisecond, 1)
			if _, err := Run(context.Background(), usual(), source, test.demand, replay.Options{}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
		})
	}
}

// BenchmarkScan is one look for nodes that are not needed, where all are full.
func BenchmarkScan(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			c := usual()
			c.Nodes.Min, c.Initial = n, 0
			s := newSimulator(c, replay.Demand{CPU: replay.Constant(1e6)}, replay.Options{})
			s.Nodes.Min = 0
			for i := range s.nodes {
				s.nodes[i].pods = int32(s.nodes[i].left.Fits(s.Pod))
				s.nodes[i].take(s.Pod, int(s.nodes[i].pods))
			}
			for b.Loop() {
				s.calendar = calendar{}
				s.scan()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/node")
		})
	}
}
