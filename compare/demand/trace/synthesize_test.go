package trace_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/spec"
)

// traffics are a rate with a shape.
func resolved(t *testing.T, perSecond float64, shape spec.Shape, change func(*demand.Usage)) demand.Traffic {
	t.Helper()
	u := demand.Usage{Requests: demand.Known(perSecond * demand.SecondsPerMonth), Shape: shape}
	if change != nil {
		change(&u)
	}
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func synthesize(t *testing.T, traffic demand.Traffic, duration time.Duration, seed uint64) *trace.Synthetic {
	t.Helper()
	s, err := trace.Synthesize(traffic, duration, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// within fails when a figure is further from its expectation than so many of
// its standard deviations.
func within(t *testing.T, what string, got, want, deviation float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 4*deviation) {
		t.Errorf("%s is %v, want %v within 4 x %v", what, got, want, deviation)
	}
}

func TestSteadyIsPoisson(t *testing.T) {
	const rate, span = 50, 20000
	f := trace.Measure(synthesize(t, resolved(t, rate, spec.Steady, nil), span*time.Second, 1))
	within(t, "the rate", f.Mean, rate, math.Sqrt(rate/float64(span)))
	within(t, "the index of dispersion", *f.Second.Dispersion, 1, math.Sqrt(2./span))
	// The quantiles of an exponential gap with a mean of 20 ms.
	n := rate * float64(span)
	for _, q := range []struct {
		p   float64
		got time.Duration
	}{{.5, f.Gaps.P50}, {.9, f.Gaps.P90}, {.99, f.Gaps.P99}, {.999, f.Gaps.P999}} {
		deviation := math.Sqrt(q.p*(1-q.p)/n) / (1 - q.p) / rate
		want := -math.Log1p(-q.p) / rate
		within(t, "a gap's quantile", q.got.Seconds(), want, deviation+want/2000)
	}
}

// TestDispersionIsAsStated measures bursty and sporadic traffic over many
// bursts. The standard deviation over seeds is measured, not assumed.
func TestDispersionIsAsStated(t *testing.T) {
	burst := func(d time.Duration) func(*demand.Usage) {
		return func(u *demand.Usage) { u.Burst = demand.Known(d) }
	}
	for _, shape := range []spec.Shape{spec.Bursty, spec.Sporadic} {
		for _, length := range []time.Duration{time.Second, 10 * time.Second} {
			resolved := resolved(t, 20, shape, burst(length))
			stated := trace.Dispersion(resolved, time.Second)
			const seeds = 16
			var sum, squares, rate float64
			for seed := range uint64(seeds) {
				f := trace.Measure(synthesize(t, resolved, 20000*time.Second, seed))
				sum += *f.Second.Dispersion
				squares += *f.Second.Dispersion * *f.Second.Dispersion
				rate += f.Mean / seeds
			}
			mean := sum / seeds
			deviation := math.Sqrt((squares/seeds - mean*mean) / (seeds - 1))
			t.Logf("%s, bursts of %s: index of dispersion %.4g +- %.2g, stated %.4g; %.4g requests a second", shape, length, mean, deviation, stated, rate)
			within(t, "the index of dispersion", mean, stated, deviation)
			if deviation > stated/10 {
				t.Errorf("%v of %v says nothing", deviation, stated)
			}
		}
	}
}

func TestPeakForDispersion(t *testing.T) {
	for _, want := range []float64{1.5, 13, 200} {
		u := demand.Usage{Requests: demand.Known(20. * demand.SecondsPerMonth), Shape: spec.Bursty}
		peak, err := trace.PeakFor(u, want)
		if err != nil {
			t.Fatal(err)
		}
		u.PeakToMean = demand.Known(peak)
		r, err := u.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		if got := trace.Dispersion(r, time.Second); math.Abs(got-want) > want/1e4 {
			t.Errorf("a peak of %v gives %v, want %v", peak, got, want)
		}
	}
	for _, shape := range []spec.Shape{spec.Steady, spec.Diurnal} {
		if _, err := trace.PeakFor(demand.Usage{Requests: demand.Known(1e6), Shape: shape}, 2); err == nil {
			t.Errorf("%s traffic has a dispersion of its own", shape)
		}
	}
	if _, err := trace.PeakFor(demand.Usage{Requests: demand.Known(1e6), Shape: spec.Bursty}, .5); err == nil {
		t.Error("a dispersion below 1")
	}
}

// TestDiurnalFollowsTheDay counts the requests of each hour.
func TestDiurnalFollowsTheDay(t *testing.T) {
	resolved := resolved(t, 2, spec.Diurnal, nil)
	s := synthesize(t, resolved, 24*time.Hour, 3)
	var hours [24]float64
	for at, ok := s.Next(); ok; at, ok = s.Next() {
		hours[at/int64(time.Hour)]++
	}
	for h, segment := range resolved.Profile.Segments() {
		want := 7200 * segment.Factor
		within(t, "an hour's count", hours[h], want, math.Sqrt(want))
	}
}

func TestCountsAMinuteAreFollowed(t *testing.T) {
	resolved := resolved(t, 1, "", func(u *demand.Usage) {
		u.Minutes = []float64{600, 0, 60}
		u.Requests = demand.Maybe[float64]{}
	})
	s := synthesize(t, resolved, 6*time.Minute, 1)
	var minutes [6]int
	for at, ok := s.Next(); ok; at, ok = s.Next() {
		minutes[at/int64(time.Minute)]++
	}
	for m, n := range minutes {
		want := []float64{600, 0, 60}[m%3]
		within(t, "a minute's count", float64(n), want, math.Sqrt(want))
	}
}

// TestSameBytes holds the arrivals themselves: they must not differ from machine
// to machine, nor from version to version without somebody seeing it.
func TestSameBytes(t *testing.T) {
	for shape, want := range map[spec.Shape]string{
		spec.Steady: "f7c2798b0da39a5f", spec.Diurnal: "c3e97f6abaad4855", spec.Bursty: "d9849f397291454f", spec.Sporadic: "35ecfe83eaf4985b",
	} {
		s := synthesize(t, resolved(t, 3, shape, nil), 48*time.Hour, 7)
		hash := sha256.New()
		for at, ok := s.Next(); ok; at, ok = s.Next() {
			if err := binary.Write(hash, binary.LittleEndian, at); err != nil {
				t.Fatal(err)
			}
		}
		if got := hex.EncodeToString(hash.Sum(nil))[:16]; got != want {
			t.Errorf("%s: %q", shape, got)
		}
	}
}

func TestSynthesizeRefuses(t *testing.T) {
	steady := resolved(t, 1, spec.Steady, nil)
	unknown := steady
	unknown.Requests = demand.Maybe[float64]{}
	shapeless := steady
	shapeless.Profile = demand.Profile{}
	for _, c := range []struct {
		traffic  demand.Traffic
		duration time.Duration
	}{{steady, 0}, {steady, trace.MaxDuration + 1}, {unknown, time.Hour}, {shapeless, time.Hour}} {
		if _, err := trace.Synthesize(c.traffic, c.duration, 1); err == nil {
			t.Errorf("%+v", c)
		}
	}
}

func BenchmarkSynthesize(b *testing.B) {
	u := demand.Usage{Requests: demand.Known(1000. * demand.SecondsPerMonth), Shape: spec.Bursty}
	resolved, err := u.Resolve()
	if err != nil {
		b.Fatal(err)
	}
	s, err := trace.Synthesize(resolved, trace.MaxDuration, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Next(); !ok {
			b.Fatal("it ended")
		}
	}
}

// TestSkippingKeepsTheRate: what is to be expected of minutes that are skipped
// is what comes in them when they are not, and the states do not change.
func TestSkippingKeepsTheRate(t *testing.T) {
	for _, shape := range []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic} {
		resolved, err := demand.Usage{Requests: demand.Known(20.0 * demand.SecondsPerMonth), Shape: shape}.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		const minutes, minute = 200 * 60, int64(time.Minute)
		open := func() *trace.Synthetic {
			s, err := trace.Synthesize(resolved, minutes*time.Minute, 7)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		counts, last := make([]float64, minutes), int64(0)
		for s := open(); ; {
			at, ok := s.Next()
			if !ok {
				break
			}
			counts[at/minute]++
		}
		s, expected, sum, distance := open(), 0.0, 0.0, 0.0
		for i, n := range counts {
			if i%2 == 1 { // draws one arrival, of this minute or of a later one
				at, _ := s.Next()
				if at != 0 && at < last {
					t.Fatalf("%s: an arrival at %d, before %d", shape, at, last)
				}
			}
			last = int64(i+1) * minute
			e := s.Skip(last)
			if i%2 == 1 {
				continue
			}
			expected += e
			sum += n
			distance += (n - e) * (n - e) / max(e, 1)
		}
		if math.Abs(sum-expected) > 5*math.Sqrt(expected) {
			t.Errorf("%s: %v were to be expected where %v come", shape, expected, sum)
		}
		if mean := distance / (minutes / 2); mean > 1.2 {
			t.Errorf("%s: the minutes' counts are %v times as far from what was expected as chance has it", shape, mean)
		}
	}
}
