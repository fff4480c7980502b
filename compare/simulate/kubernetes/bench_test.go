package kubernetes

import (
	"context"
	"testing"
	"time"

	"ambi/compare/nodes"
	"ambi/compare/simulate"
	"ambi/compare/simulate/hpa"
)

// usual is the example's service at 1,000 requests a second.
func usual() Config {
	c := Defaults(nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, 10)
	c.Nodes = Karpenter(nodes.Room{MilliCPU: 1805, MemoryMiB: 6900, Pods: 27}, 2)
	c.Burst, c.Timeout, c.Initial = BurstNode, 10*time.Second, 35
	c.Autoscaler = hpa.Spec{Min: 1, Max: 100, Metrics: []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 70}}, Behavior: hpa.DefaultBehavior()}
	return c
}

// BenchmarkSteady is a minute of a million requests, 1,000 a second.
func BenchmarkSteady(b *testing.B) {
	for name, demand := range map[string]simulate.Demand{
		"constant":  {CPU: simulate.Constant(12e6), Wait: simulate.Constant(28e6)},
		"cpu alone": {CPU: simulate.Constant(12e6)},
		"lognormal": {CPU: simulate.Lognormal(12e6, 1), Wait: simulate.Lognormal(28e6, 1)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			requests := int64(0)
			for b.Loop() {
				r, err := Run(context.Background(), usual(), simulate.Poisson(1000, 1000*time.Second, 1), demand, simulate.Options{})
				if err != nil {
					b.Fatal(err)
				}
				requests += r.Requests
			}
			b.ReportMetric(float64(requests)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
		})
	}
}
