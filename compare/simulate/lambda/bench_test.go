package lambda

import (
	"context"
	"testing"
	"time"

	"ambi/compare/simulate/replay"
)

// working is a function of 1,024 MB whose requests take 50 ms there, 20 of them
// on the CPU.
func working() (Config, replay.Demand) {
	config := Defaults(1024)
	config.Placement, config.Init = replay.Exponential(100e6), replay.Lognormal(200e6, .3)
	return config, replay.Demand{Wait: replay.Lognormal(30e6, .5), CPU: replay.Lognormal(11.6e6, .5), Seed: 1}
}

func bench(b *testing.B, config Config, source replay.Source, demand replay.Demand, options replay.Options) replay.Result {
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
		demand replay.Demand
	}{
		{"constant", replay.Demand{Wait: replay.Constant(30e6), CPU: replay.Constant(11.6e6)}},
		{"lognormal", drawn},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			bench(b, config, replay.Poisson(1000, time.Duration(b.N)*time.Millisecond, 1), test.demand, replay.Options{Seed: 2})
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
		bench(b, config, replay.Poisson(.9, 1e6*time.Second, 1), demand, replay.Options{Until: 1e15})
	}
	b.ReportMetric(published/b.Elapsed().Seconds()*float64(b.N), "xSimFaaS")
}

// BenchmarkMonth is a month at 1,000 requests a second, 2.6 billion of them, by
// samples.
func BenchmarkMonth(b *testing.B) {
	const length = 730 * time.Hour
	config, demand := working()
	for b.Loop() {
		open := func() replay.Source { return replay.Poisson(1000, length, 1) }
		counts, err := replay.Count(context.Background(), open(), int64(length))
		if err != nil {
			b.Fatal(err)
		}
		plan := replay.NewPlan(counts, replay.PlanOptions{})
		result := bench(b, config, plan.Source(open()), demand, replay.Options{Plan: plan})
		b.ReportMetric(100*result.Sampling.Share, "%simulated")
		b.ReportMetric(100*result.Sampling.Meters[replay.BilledMS], "%error")
	}
	b.ReportMetric(float64(length)/1e6/b.Elapsed().Seconds()*float64(b.N)/1e6, "Mrequests/s")
}
