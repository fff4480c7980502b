package replay

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/histogram"
	"ambi/spec"
)

func TestDistributionsHaveTheirMoments(t *testing.T) {
	empirical, err := Empirical([]Quantile{{0, 100e6}, {.5, 200e6}, {.9, 400e6}, {1, 900e6}})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		d               Distribution
		mean, deviation float64
	}{
		"constant":            {Constant(5e6), 5e6, 0},
		"exponential":         {Exponential(40e6), 40e6, 40e6},
		"a short exponential": {Exponential(1000), 1000, 1000},
		"lognormal":           {Lognormal(40e6, .5), 40e6, 20e6},
		"a wide lognormal":    {Lognormal(40e6, 1.5), 40e6, 60e6},
		"empirical":           {empirical, 75e6 + 120e6 + 65e6, math.Sqrt(.5*233.3333e14 + .4*933.3333e14 + .1*4433.3333e14 - 260e6*260e6)},
		"shifted":             {Exponential(40e6).Plus(10e6), 50e6, 40e6},
		"stretched":           {Exponential(40e6).Times(2.5), 100e6, 100e6},
	} {
		if got := test.d.Mean(); math.Abs(got-test.mean) > 2e-4*test.mean {
			t.Errorf("%s: the table's mean is %v, want %v", name, got, test.mean)
		}
		const n = 1e6
		sum, squares := 0.0, 0.0
		for i := range uint64(n) {
			x := float64(test.d.At(Mix(7, i))) - test.mean
			sum += x
			squares += x * x
		}
		if off := sum / n; math.Abs(off) > 4*test.deviation/1000+1e-3*test.mean {
			t.Errorf("%s: drawn mean is off by %v", name, off)
		}
		if got := math.Sqrt(squares / n); math.Abs(got-test.deviation) > .02*test.deviation+1 {
			t.Errorf("%s: drawn deviation %v, want %v", name, got, test.deviation)
		}
	}
}

func TestQuantilesRiseAndAreExact(t *testing.T) {
	d := Exponential(1e9)
	last := int64(-1)
	random := rand.New(rand.NewPCG(3, 4))
	for _, u := range []uint64{0, 1, 1 << 20, 1 << 40, 1 << 62, 1<<63 - 1, 1 << 63, 1<<63 + 1, 3 << 62, math.MaxUint64 - 1<<40, math.MaxUint64 - 1, math.MaxUint64} {
		if got := d.At(u); got < last {
			t.Errorf("At(%x) = %d falls below %d", u, got, last)
		} else {
			last = got
		}
	}
	for range 20000 {
		// Near both ends too, up to where the table is cut off.
		u := max(random.Uint64()>>random.IntN(35), 1<<(63-octaves))
		if random.IntN(2) == 0 {
			u = ^u
		}
		want := -math.Log1p(-float64(u)/0x1p64) * 1e9
		if u > 1<<63 {
			want = -math.Log(float64(^u+1)/0x1p64) * 1e9
		}
		if got := float64(d.At(u)); math.Abs(got-want) > 1e-4*want+2 {
			t.Fatalf("At(%x) = %v, want %v", u, got, want)
		}
	}
}

func TestEmpiricalRefusesNonsense(t *testing.T) {
	for _, q := range [][]Quantile{
		nil, {{0, 1}}, {{0, 1}, {.9, 2}}, {{.1, 1}, {1, 2}}, {{0, 2}, {1, 1}}, {{0, 1}, {.5, 2}, {.5, 3}, {1, 4}}, {{0, -1}, {1, 4}}, {{0, 1}, {math.NaN(), 2}, {1, 3}},
	} {
		if _, err := Empirical(q); err == nil {
			t.Errorf("%v passes", q)
		}
	}
}

func TestMeasuredKeepsItsQuantiles(t *testing.T) {
	quantiles := []Quantile{{0, 30e6}, {.5, 40e6}, {.9, 45e6}, {.99, 90e6}, {1, 300e6}}
	d, err := Measured(quantiles, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range quantiles[1:4] {
		u := uint64(q.Probability * 0x1p64)
		if got := float64(d.At(u)); math.Abs(got-float64(q.Value)) > .002*float64(q.Value) {
			t.Errorf("quantile %v is %v, want %d", q.Probability, got, q.Value)
		}
	}
	if low, high := d.At(0), d.At(math.MaxUint64); low != 30e6 || high != 300e6 {
		t.Errorf("from %d to %d, want 30 to 300 ms", low, high)
	}
	for _, n := range []int{0, 40} {
		if _, err := Measured(quantiles, n); err == nil {
			t.Errorf("the 99th percentile of %d measurements passes", n)
		}
	}
	if _, err := Measured([]Quantile{{0, 0}, {1, 5}}, 10); err == nil {
		t.Error("a time of nothing passes")
	}
}

func TestDemandOf(t *testing.T) {
	usage := demand.Usage{Duration: demand.Known(40 * time.Millisecond), CPUTime: demand.Known(12 * time.Millisecond)}
	d, err := DemandOf(demand.Traffic{Usage: usage}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if wait, cpu := d.Of(77); wait != 28e6 || cpu != 12e6 {
		t.Errorf("%d and %d, want 28 and 12 ms", wait, cpu)
	}
	if d, err = DemandOf(demand.Traffic{Usage: usage}, .5, 1); err != nil || math.Abs(d.Wait.Mean()-28e6) > 1e4 || math.Abs(d.CPU.Mean()-12e6) > 1e4 {
		t.Errorf("%v and %v, %v", d.Wait.Mean(), d.CPU.Mean(), err)
	}
	for want, u := range map[string]demand.Usage{
		"duration is not known":                                 {CPUTime: usage.CPUTime},
		"cpuTime is not known":                                  {Duration: usage.Duration},
		"cpuTime is 40ms and more than duration, which is 12ms": {Duration: usage.CPUTime, CPUTime: usage.Duration},
	} {
		if _, err := DemandOf(demand.Traffic{Usage: u}, 0, 1); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := DemandOf(demand.Traffic{Usage: usage}, -1, 1); err == nil {
		t.Error("a negative variation passes")
	}
}

func TestMixIsSplitMix64(t *testing.T) {
	// The first numbers of seed 1234567, as published with the generator.
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := Mix(1234567, uint64(i)); got != want {
			t.Errorf("number %d is %d, want %d", i, got, want)
		}
	}
}

func TestDemandDependsOnSeedAndIndexAlone(t *testing.T) {
	a := Demand{Wait: Exponential(1e6), CPU: Lognormal(2e6, .5), Seed: 3}
	b, c := a, a
	c.Seed = 4
	different := 0
	for i := range int64(1000) {
		wait, cpu := a.Of(i)
		a.Of(i + 7)
		if w, p := b.Of(i); w != wait || p != cpu {
			t.Fatalf("request %d differs", i)
		}
		if w, _ := c.Of(i); w != wait {
			different++
		}
	}
	if different < 990 {
		t.Errorf("another seed gives the same for %d of 1000 requests", 1000-different)
	}
}

func TestPoissonHasItsRate(t *testing.T) {
	for _, rate := range []float64{.001, 3, 1000, 250000} {
		length := time.Duration(200000 / rate * 1e9)
		source, n, last := Poisson(rate, length, 9), 0.0, int64(0)
		squares := 0.0
		for {
			at, ok := source.Next()
			if !ok {
				break
			}
			gap := float64(at-last) / 1e9 * rate
			squares += gap * gap
			n++
			if at < last || at >= int64(length) {
				t.Fatalf("rate %v: an arrival at %d after %d", rate, at, last)
			}
			last = at
		}
		if math.Abs(n-200000) > 4*math.Sqrt(200000) {
			t.Errorf("rate %v: %v arrivals, want 200000", rate, n)
		}
		if got := squares / n; math.Abs(got-2) > .06 {
			t.Errorf("rate %v: the gaps' mean square is %v, want 2", rate, got)
		}
		if _, ok := source.Next(); ok || source.Err() != nil {
			t.Errorf("rate %v: goes on after its end", rate)
		}
	}
	if _, ok := Poisson(0, time.Hour, 1).Next(); ok {
		t.Error("no rate, and yet an arrival")
	}
}

func TestRecorderIntegrates(t *testing.T) {
	r := NewRecorder(Options{})
	second := int64(1e9)
	r.To(second / 2)
	r.Arrive()
	r.Set(InUse, 2)
	r.To(3 * second)
	r.Set(InUse, 1)
	r.Finish(Served, 5e8)
	r.Arrive()
	r.To(4 * second)
	r.Finish(ThrottledAPI, 0)
	result := r.Result(spec.Lambda, 10*second, Options{Seed: 5})
	if got := result.Gauges[InUse]; got.Seconds != 5+7 || got.Max != 2 || got.Mean != 1.2 {
		t.Errorf("in use: %+v", got)
	}
	if err := result.Check(); err != nil {
		t.Error(err)
	}
	if result.Latency.Count != 1 || math.Abs(float64(result.Latency.P99)-5e8) > 1e6 {
		t.Errorf("latency: %+v", result.Latency)
	}
	if len(result.Series) != 10 {
		t.Fatalf("%d points, want 10", len(result.Series))
	}
	if p := result.Series[2]; p.Gauges[InUse].Mean != 2 || p.At != 2*second || p.Length != second {
		t.Errorf("third second: %+v", p)
	}
	if p := result.Series[3]; p.Requests != 1 || p.Served != 1 || math.Abs(float64(p.P99)-5e8) > .033*5e8 {
		t.Errorf("fourth second: %+v", p)
	}
}

func TestSeriesWidensAndKeepsItsSums(t *testing.T) {
	for _, hours := range []int64{1, 30, 1000, 9000} {
		r := NewRecorder(Options{})
		end := hours * 3600e9
		n := int64(0)
		for at := int64(0); at < end; at += 7e9 + at/50 {
			r.To(at)
			r.Arrive()
			r.Set(InUse, n%5)
			r.Finish(Served, 1e6)
			n++
		}
		result := r.Result(spec.Lambda, end, Options{})
		requests, seconds, length := int64(0), 0.0, int64(0)
		for i, p := range result.Series {
			requests += p.Requests
			seconds += p.Gauges[InUse].Seconds
			if p.At != length {
				t.Fatalf("%d h: point %d begins at %d, not at %d", hours, i, p.At, length)
			}
			length += p.Length
		}
		if requests != n || result.Requests != n || length != end || math.Abs(seconds-result.Gauges[InUse].Seconds) > 1e-6*seconds {
			t.Errorf("%d h: %d requests of %d, %v level-seconds of %v, %d ns of %d", hours, requests, n, seconds, result.Gauges[InUse].Seconds, length, end)
		}
		if len(result.Series) > maxBuckets || len(result.Series) < 240 {
			t.Errorf("%d h: %d points", hours, len(result.Series))
		}
	}
}

func TestSketchIsExactToItsCells(t *testing.T) {
	var s sketch
	for v := int64(1); v < 2e12; v += v/7 + 1 {
		s = sketch{}
		s.record(histogram.Cell(v))
		if got := s.quantile(99, 100); v > 1024 && math.Abs(float64(got-v)) > .0325*float64(v) {
			t.Errorf("%d comes back as %d", v, got)
		}
	}
}

func TestResultAsJSON(t *testing.T) {
	r := NewRecorder(Options{})
	r.To(5)
	r.Arrive()
	r.Finish(ThrottledScaling, 0)
	text, err := json.Marshal(r.Result(spec.Lambda, 1e9, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"throttledScaling":1`, `"served":0`, `"inUse":{"mean":0,"max":0,"seconds":0}`, `"coldStarts":0`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

func BenchmarkPoisson(b *testing.B) {
	source := Poisson(1000, 1<<62, 1)
	b.ReportAllocs()
	for b.Loop() {
		source.Next()
	}
}

func BenchmarkDemand(b *testing.B) {
	d := Demand{Wait: Exponential(1e6), CPU: Lognormal(2e6, .5), Seed: 3}
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		d.Of(i)
		i++
	}
}

func BenchmarkRecorder(b *testing.B) {
	r := NewRecorder(Options{Width: time.Hour})
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		r.To(i * 1e6)
		r.Arrive()
		r.Set(InUse, i&63)
		r.Finish(Served, 4e7+i&0xffff)
		i++
	}
}
