package simulate_test

import (
	"context"
	"testing"
	"time"

	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
)

// both runs both targets, and fails when one of them does not.
func both(b *testing.B, in simulate.Input, source replay.Source) *simulate.Result {
	b.Helper()
	result, err := simulate.Run(context.Background(), in, source)
	if err != nil {
		b.Fatal(err)
	}
	if result.Lambda == nil || result.Kubernetes == nil {
		b.Fatalf("not both targets ran: %v", result.Refused)
	}
	return result
}

// BenchmarkSteady is steady traffic of 1,000 requests a second on both targets.
// One operation is one request, which both serve; its arrival is drawn and
// measured too. GOMAXPROCS=1 lets them run on one core.
func BenchmarkSteady(b *testing.B) {
	for _, test := range []struct {
		name      string
		variation float64
	}{{"constant", 0}, {"lognormal", .5}} {
		b.Run(test.name, func(b *testing.B) {
			in := input(b, thumbs)
			in.Variation = test.variation
			length := max(time.Second, time.Duration(b.N)*time.Millisecond)
			b.ReportAllocs()
			b.ResetTimer()
			both(b, in, replay.Poisson(1000, length, 1))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrequests/s")
		})
	}
}

// BenchmarkMonth is a month at 1,000 requests a second, 2.6 billion of them, by
// samples, on both targets.
func BenchmarkMonth(b *testing.B) {
	const length = 730 * time.Hour
	in := input(b, thumbs)
	in.Variation = .5
	for b.Loop() {
		open := func() replay.Source { return replay.Poisson(1000, length, 1) }
		counts, err := replay.Count(context.Background(), open(), int64(length))
		if err != nil {
			b.Fatal(err)
		}
		in.Plan = in.PlanFor(counts)
		result := both(b, in, open())
		b.ReportMetric(100*result.Lambda.Sampling.Share, "%lambda")
		b.ReportMetric(100*result.Kubernetes.Sampling.Share, "%kubernetes")
	}
	b.ReportMetric(float64(length)/1e6/b.Elapsed().Seconds()*float64(b.N)/1e6, "Mrequests/s")
}
