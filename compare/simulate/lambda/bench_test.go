package lambda

import (
	"context"
	"testing"
	"time"

	"ambi/compare/simulate"
)

// BenchmarkSteady is steady traffic of 1,000 requests a second that takes 50 ms.
// One operation is one request, its arrival drawn.
func BenchmarkSteady(b *testing.B) {
	for _, test := range []struct {
		name   string
		demand simulate.Demand
	}{
		{"constant", simulate.Demand{Wait: simulate.Constant(30e6), CPU: simulate.Constant(11_577_162)}},
		{"drawn", simulate.Demand{Wait: simulate.Exponential(30e6), CPU: simulate.Lognormal(11.6e6, .5), Seed: 1}},
	} {
		b.Run(test.name, func(b *testing.B) {
			config := Defaults(1024)
			config.Init = simulate.Lognormal(200e6, .3)
			b.ReportAllocs()
			length := time.Duration(b.N) * time.Millisecond
			_, err := Run(context.Background(), config, simulate.Poisson(1000, length, 1), test.demand, simulate.Options{Seed: 2})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
		})
	}
}
