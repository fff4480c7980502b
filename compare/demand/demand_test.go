package demand_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

func resolve(t testing.TB, u demand.Usage) demand.Traffic {
	t.Helper()
	r, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMaybeKeepsUnknownApartFromZero(t *testing.T) {
	var u demand.Usage
	if text, _ := json.Marshal(u.Requests); string(text) != "null" {
		t.Errorf("unknown is %s", text)
	}
	u.Requests = demand.Known(0.0)
	u.CPUTime = demand.Known(12 * time.Millisecond)
	text, _ := json.Marshal(u)
	if !strings.Contains(string(text), `"cpuTime":"12ms"`) {
		t.Errorf("got %s", text)
	}
	var back demand.Usage
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if n, ok := back.Requests.Get(); !ok || n != 0 {
		t.Errorf("0 became %v, %v", n, ok)
	}
	if d, ok := back.CPUTime.Get(); !ok || d != 12*time.Millisecond {
		t.Errorf("12ms became %v, %v", d, ok)
	}
	if back.Duration.IsKnown() {
		t.Error("unknown became known")
	}
	if got := back.Duration.Or(time.Second); got != time.Second {
		t.Errorf("got %s", got)
	}
}

func TestMissing(t *testing.T) {
	u := demand.FromSpec(spec.Usage{})
	want := []demand.Input{"requests", "duration", "cpuTime", "requestSize", "responseSize", "logSize", "outboundSize", "startTime", "shape"}
	if got := u.Missing(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	rate, err := spec.ParseRate("10/s")
	if err != nil {
		t.Fatal(err)
	}
	u = demand.FromSpec(spec.Usage{Requests: rate, Duration: spec.RequestTime{Mean: spec.Duration(40 * time.Millisecond)}, CPUTime: spec.Duration(12 * time.Millisecond), Shape: spec.Diurnal})
	if got := u.Missing(); !slices.Equal(got, want[3:8]) {
		t.Errorf("got %v", got)
	}
	if n, _ := u.Requests.Get(); n != 26_280_000 { // 10/s x 730 h x 3,600 s
		t.Errorf("got %v requests", n)
	}
	if got := resolve(t, u).PerSecond(); math.Abs(got-10) > 1e-12 {
		t.Errorf("got %v/s", got)
	}
}

func TestResolveRefuses(t *testing.T) {
	for want, u := range map[string]demand.Usage{
		"requests: must be 0 to 1M/s":             {Requests: demand.Known(-1.0)},
		"requests: must be 0 to 1M/s, got NaN":    {Requests: demand.Known(math.NaN())},
		"duration: must be 0s to 1h, got 2h":      {Duration: demand.Known(2 * time.Hour)},
		"cpuTime: must be at most duration, 10ms": {Duration: demand.Known(10 * time.Millisecond), CPUTime: demand.Known(11 * time.Millisecond)},
		"responseSize: must be 0 to 1Ti bytes":    {Response: demand.Known[int64](-1)},
		"minutes: must have a request":            {Minutes: []float64{0, 0}},
		"minutes: must be counts":                 {Minutes: []float64{1, -1}},
		"minutes: must be at most 44640":          {Minutes: make([]float64, 44641)},
		"shape: must be steady":                   {Shape: "square"},
		"peakToMean: must be 1 for steady":        {Shape: spec.Steady, PeakToMean: demand.Known(2.0)},
		"peakToMean: must be 1 to 12 for diurnal": {Shape: spec.Diurnal, PeakToMean: demand.Known(13.0)},
		"peakToMean: must be 1 to 100000":         {Shape: spec.Bursty, PeakToMean: demand.Known(.5)},
		"burst: must be 1s to 24h":                {Shape: spec.Sporadic, Burst: demand.Known(time.Millisecond)},
	} {
		if _, err := u.Resolve(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := demand.Usage{Requests: demand.Known(-1.0), Shape: "square"}.Resolve()
	if err == nil || strings.Count(err.Error(), "must") != 2 {
		t.Errorf("not all problems at once: %v", err)
	}
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name  string
		usage demand.Usage
		want  []demand.Level // ascending
	}{
		{"steady", demand.Usage{Shape: spec.Steady}, []demand.Level{{1, 1}}},
		// Half of the requests in 1/16 of the time at 8 times the mean: .5 = 8 x 1/16.
		// The other half in the other 15/16: .5 / (15/16) = .5333.
		{"bursty", demand.Usage{Shape: spec.Bursty}, []demand.Level{{8. / 15, 15. / 16}, {8, 1. / 16}}},
		{"sporadic", demand.Usage{Shape: spec.Sporadic, PeakToMean: demand.Known(20.0)}, []demand.Level{{0, .95}, {20, .05}}},
		{"flat bursts", demand.Usage{Shape: spec.Sporadic, PeakToMean: demand.Known(1.0)}, []demand.Level{{1, 1}}},
		{"minutes", demand.Usage{Minutes: []float64{0, 0, 3, 1}}, []demand.Level{{0, .5}, {1, .25}, {3, .25}}},
	} {
		got := resolve(t, c.usage).Profile.Levels()
		if !near(got, c.want, 1e-9) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	// An even day: peak 2 at one end, 0 at the other, 1 in between.
	day := resolve(t, demand.Usage{Shape: spec.Diurnal}).Profile
	segments := day.Segments()
	if len(segments) != 24 || segments[0].Factor != 2 || segments[6].Factor != 1 || segments[12].Factor != 0 {
		t.Errorf("got %v", segments)
	}
	if len(day.Assumed) != 1 || day.Assumed[0] != "a peak-to-mean ratio of 2 for diurnal traffic" {
		t.Errorf("assumed %q", day.Assumed)
	}
	measured := resolve(t, demand.Usage{Minutes: []float64{0, 0, 3, 1}})
	if n, _ := measured.Requests.Get(); n != 43800 { // 1 a minute x 730 x 60
		t.Errorf("got %v requests", n)
	}
	if measured.Profile.Peak() != 3 {
		t.Errorf("peak %v", measured.Profile.Peak())
	}
	scaled := resolve(t, demand.Usage{Minutes: []float64{0, 0, 3, 1}, Requests: demand.Known(7.0)})
	if n, _ := scaled.Requests.Get(); n != 7 {
		t.Errorf("got %v requests", n)
	}
}

func near(a, b []demand.Level, within float64) bool {
	return slices.EqualFunc(a, b, func(x, y demand.Level) bool {
		return math.Abs(x.Factor-y.Factor) <= within && math.Abs(x.Share-y.Share) <= within
	})
}

// mean is the mean factor, and whether the shares add up to 1.
func mean(levels []demand.Level) (float64, bool) {
	m, shares := 0.0, 0.0
	for _, l := range levels {
		m += l.Factor * l.Share
		shares += l.Share
	}
	return m, math.Abs(shares-1) < 1e-9
}

func TestEveryProfileHasAMeanOfOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		u := demand.Usage{Shape: []spec.Shape{spec.Diurnal, spec.Bursty, spec.Sporadic}[random.IntN(3)]}
		peak := 1 + random.Float64()*11
		if u.Shape != spec.Diurnal {
			peak *= 1 + random.Float64()*100
		}
		u.PeakToMean = demand.Known(peak)
		u.Burst = demand.Known(time.Duration(1+random.IntN(3600)) * time.Second)
		p := resolve(t, u).Profile
		if m, whole := mean(p.Levels()); !whole || math.Abs(m-1) > 2e-6 {
			t.Fatalf("%s, peak %v: mean %v, shares whole: %v", u.Shape, peak, m, whole)
		}
		levels := p.Levels()
		if top := levels[len(levels)-1].Factor; math.Abs(top-peak) > 1e-5*peak {
			t.Fatalf("%s: peak %v instead of %v", u.Shape, top, peak)
		}
	}
}

// Held must be what sampling the cycle second by second finds.
func TestHeldAgreesWithSampling(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		minutes := make([]float64, 2+random.IntN(40))
		for i := range minutes {
			minutes[i] = float64(random.IntN(4))
		}
		minutes[0] = 1
		p := resolve(t, demand.Usage{Minutes: minutes}).Profile
		hold := time.Duration(random.IntN(90*60)) * time.Second
		total := 0.0
		for _, n := range minutes {
			total += n
		}
		counts := map[float64]float64{}
		cycle := len(minutes) * 60
		for second := range cycle {
			highest := 0.0
			for back := 0; back <= min(int(hold/time.Second), cycle-1); back++ {
				highest = max(highest, minutes[(second-back+cycle)%cycle/60])
			}
			counts[highest/(total/float64(len(minutes)))] += 1 / float64(cycle)
		}
		var want []demand.Level
		for factor, share := range counts {
			want = append(want, demand.Level{Factor: factor, Share: share})
		}
		slices.SortFunc(want, func(a, b demand.Level) int { return int(math.Copysign(1, a.Factor-b.Factor)) })
		if got := p.Held(hold); !near(got, want, 1e-9) {
			t.Fatalf("%v held for %s:\ngot  %v\nwant %v", minutes, hold, got, want)
		}
	}
}

func TestHeldNeverFallsWithTheDelay(t *testing.T) {
	for _, shape := range []spec.Shape{spec.Diurnal, spec.Bursty, spec.Sporadic} {
		p := resolve(t, demand.Usage{Shape: shape}).Profile
		last := 0.0
		for hold := time.Duration(0); hold < 30*time.Hour; hold += 7 * time.Minute {
			m, whole := mean(p.Held(hold))
			if !whole || m < last-1e-12 {
				t.Fatalf("%s held for %s: mean %v after %v", shape, hold, m, last)
			}
			last = m
		}
		if math.Abs(last-p.Peak()) > 1e-9 {
			t.Errorf("%s held for its whole cycle is %v, not its peak", shape, last)
		}
	}
}

func TestManyLevelsKeepTheMean(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	minutes := make([]float64, 1440)
	for i := range minutes {
		minutes[i] = random.ExpFloat64()
	}
	p := resolve(t, demand.Usage{Minutes: minutes}).Profile
	levels := p.Levels()
	if m, whole := mean(levels); len(levels) != demand.MaxLevels || !whole || math.Abs(m-1) > 1e-9 {
		t.Errorf("%d levels, mean %v, whole %v", len(levels), m, whole)
	}
}

func TestJoin(t *testing.T) {
	quiet := []demand.Level{{Factor: 1, Share: 1}}
	burst := []demand.Level{{Factor: 0, Share: .75}, {Factor: 4, Share: .25}}
	shares, factors := demand.Join([][]demand.Level{quiet, burst})
	if !slices.Equal(shares, []float64{.75, .25}) || !slices.Equal(factors[0], []float64{1, 0}) || !slices.Equal(factors[1], []float64{1, 4}) {
		t.Errorf("got %v, %v", shares, factors)
	}

	random := rand.New(rand.NewPCG(4, 4))
	var services [][]demand.Level
	for range 100 {
		u := demand.Usage{Shape: spec.Bursty, PeakToMean: demand.Known(1 + random.Float64()*50)}
		services = append(services, resolve(t, u).Profile.Levels())
	}
	shares, factors = demand.Join(services)
	if len(shares) != demand.MaxLevels {
		t.Errorf("%d levels", len(shares))
	}
	for s := range services {
		m := 0.0
		for i, share := range shares {
			m += share * factors[i][s]
			if i > 0 && factors[i][s] < factors[i-1][s]-1e-9 {
				t.Fatal("a service's load falls where the app's rises")
			}
		}
		if math.Abs(m-1) > 1e-9 {
			t.Fatalf("service %d has a mean of %v", s, m)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("diurnal", 2.0, int64(300), 1e6, int64(5), int64(4))
	f.Add("sporadic", 1e5, int64(86400), 0.0, int64(0), int64(0))
	f.Fuzz(func(t *testing.T, shape string, peak float64, burst int64, requests float64, duration, cpu int64) {
		u := demand.Usage{
			Shape: spec.Shape(shape), PeakToMean: demand.Known(peak), Burst: demand.Known(time.Duration(burst)),
			Requests: demand.Known(requests), Duration: demand.Known(time.Duration(duration)), CPUTime: demand.Known(time.Duration(cpu)),
		}
		r, err := u.Resolve()
		if err != nil || shape == "" {
			return
		}
		for _, hold := range []time.Duration{0, time.Minute, time.Hour, 1000 * time.Hour} {
			m, whole := mean(r.Profile.Held(hold))
			if !whole || !(m >= 1-1e-5 && m <= peak*(1+1e-5)) {
				t.Fatalf("held for %s: mean %v, whole %v", hold, m, whole)
			}
		}
	})
}
