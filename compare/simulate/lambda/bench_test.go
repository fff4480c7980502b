package lambda

import (
	"context"
	"testing"
	"time"

	"ambi/compare/simulate"
)

// working is a function of 1,024 MB whose requests take 50 ms there, 20 of them
// on the CPU.
func working() (Config, simulate.Demand) {
	config := Defaults(1024)
	config.Placement, config.Init = simulate.Exponential(100e6), simulate.Lognormal(200e6, .3)
	return config, simulate.Demand{Wait: simulate.Lognormal(30e6, .5), CPU: simulate.Lognormal(11.6e6, .5), Seed: 1}
}

func bench(b *testing.B, config Config, source simulate.Source, demand simulate.Demand, options simulate.Options) simulate.Result {
	b.Helper()
	result, err := Run(context.Background(), config, source, demand, options)
	if err != nil {
		b.Fatal(err)
	}
	return result
}

// BenchmarkSteady is steady traffic of 1,000 requests a second. One operation is
// one request, its arrival drawn too.
func BenchmarkSteady(b *testing.B) {
	config, drawn := working()
	for _, test := range []struct {
		name   string
		demand simulate.Demand
	}{
		{"constant", simulate.Demand{Wait: simulate.Constant(30e6), CPU: simulate.Constant(11.6e6)}},
		{"lognormal", drawn},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			bench(b, config, simulate.Poisson(1000, time.Duration(b.N)*time.Millisecond, 1), test.demand, simulate.Options{Seed: 2})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
		})
	}
}

// BenchmarkSimFaaS is the case whose run time SimFaaS publishes, in the README of
// github.com/pacslab/simfaas: 898,469 requests of a trace of 1e6 s in 42 s.
func BenchmarkSimFaaS(b *testing.B) {
	const published = 42.0
	config, demand := plain(1.991, 2.244, 600, 1000)
	for b.Loop() {
		bench(b, config, simulate.Poisson(.9, 1e6*time.Second, 1), demand, simulate.Options{Until: 1e15})
	}
	b.ReportMetric(published/b.Elapsed().Seconds()*float64(b.N), "xSimFaaS")
}

// BenchmarkMonth is a month at 1,000 requests a second, 2.6 billion of them, by
// samples.
func BenchmarkMonth(b *testing.B) {
	const length = 730 * time.Hour
	config, demand := working()
	for b.Loop() {
		open := func() simulate.Source { return simulate.Poisson(1000, length, 1) }
		counts, err := simulate.Count(context.Background(), open(), int64(length))
		if err != nil {
			b.Fatal(err)
		}
		plan := simulate.NewPlan(counts, simulate.PlanOptions{})
		result := bench(b, config, plan.Source(open()), demand, simulate.Options{Plan: plan})
		b.ReportMetric(100*result.Sampling.Share, "%simulated")
		b.ReportMetric(100*result.Sampling.Meters[simulate.BilledMS], "%error")
	}
	b.ReportMetric(float64(length)/1e6/b.Elapsed().Seconds()*float64(b.N)/1e6, "Mrequests/s")
}
