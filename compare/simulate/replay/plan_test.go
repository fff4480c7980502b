package replay

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// month is the counts of a month at a mean of 1,000 requests a second, or of
// some days of it.
func month(days int, shape func(i int) float64) Counts {
	random := rand.New(rand.NewPCG(1, 2))
	c := Counts{}
	for i := range days * 1440 {
		n := 60000 * shape(i)
		c.Minutes = append(c.Minutes, max(0, math.Round(n+random.NormFloat64()*math.Sqrt(n))))
	}
	c.Span = int64(len(c.Minutes)) * minute
	return c
}

func diurnal(i int) float64 { return 1 + .9*math.Sin(2*math.Pi*float64(i)/1440) }

// bursts come after some hour each, of 5 minutes on average, both exponential.
func bursts() func(i int) float64 {
	random := rand.New(rand.NewPCG(5, 6))
	high, left := false, 0.0
	return func(int) float64 {
		if left--; left < 0 {
			high = !high
			left = random.ExpFloat64() * 75
			if high {
				left = random.ExpFloat64() * 5
			}
		}
		if high {
			return 7.5
		}
		return .535
	}
}

func TestAMonthOfAnyShapeKeepsTheBudget(t *testing.T) {
	for name, shape := range map[string]func(i int) float64{
		"steady":  func(int) float64 { return 1 },
		"diurnal": diurnal,
		"weekly": func(i int) float64 {
			if i/1440%7 >= 5 {
				return .4 * diurnal(i)
			}
			return diurnal(i)
		},
		"growing": func(i int) float64 { return (1 + float64(i)/43800) / 1.5 * diurnal(i) },
		"bursty": func(i int) float64 {
			if i%75 < 5 {
				return 7.5
			}
			return .535
		},
		"office hours": func(i int) float64 {
			if h := i / 60 % 24; h > 8 && h < 18 && i/1440%7 < 5 {
				return 3
			}
			return .1
		},
		"bursts of any length": bursts(),
	} {
		t.Run(name, func(t *testing.T) {
			counts := month(30, shape)
			p := NewPlan(counts, PlanOptions{})
			if p == nil {
				t.Fatal("nothing is left out")
			}
			t.Logf("%.1f %% of %.0f M requests, %d windows in %d strata", 100*p.Simulated/p.Requests, p.Requests/1e6, len(p.windows), p.strata)
			budget := UsualBudget
			if name == "bursts of any length" {
				budget *= 1.5 // few of them are alike
			}
			if p.Simulated > budget {
				t.Errorf("%.0f M requests are simulated", p.Simulated/1e6)
			}
			// Whatever is counted follows 20 minutes that are simulated.
			for i, m := range p.modes {
				if m < itself {
					continue
				}
				for j := max(0, i-20); j < i; j++ {
					if p.modes[j] == skipped {
						t.Fatalf("minute %d is counted though minute %d is left out", i, j)
					}
				}
			}
			// What is left out has something to stand for it.
			windows := make([]int, p.strata)
			for _, w := range p.windows {
				windows[w.stratum]++
			}
			for i, m := range p.modes {
				if (m == skipped || m == settling) && (p.belongs[i] < 0 || windows[p.belongs[i]] < leastWindows) {
					t.Fatalf("nothing stands for minute %d", i)
				}
			}
		})
	}
	if NewPlan(month(2, diurnal), PlanOptions{}) != nil {
		t.Error("two days fit into the budget and are sampled all the same")
	}
	noise := rand.New(rand.NewPCG(3, 4))
	if p := NewPlan(month(1, func(int) float64 { return math.Exp(2 * noise.NormFloat64()) }), PlanOptions{Budget: 1e6}); p != nil {
		t.Errorf("of pure noise %.0f %% are simulated, which is not worth it", 100*p.Simulated/p.Requests)
	}
}

// unskippable hides that a source can skip.
type unskippable struct{ Source }

func TestAPlansSourceLeavesOutWhatThePlanDoes(t *testing.T) {
	const span = int64(6*time.Hour) + 40e9
	open := func() Source { return unskippable{Poisson(3, time.Duration(span), 5)} }
	counts, err := Count(context.Background(), open(), span)
	if err != nil {
		t.Fatal(err)
	}
	if len(counts.Minutes) != 361 || counts.Total() < 60000 {
		t.Fatalf("%d minutes with %v requests", len(counts.Minutes), counts.Total())
	}
	p := NewPlan(counts, PlanOptions{Budget: 10000})
	if p == nil {
		t.Fatal("nothing is left out")
	}
	var want []int64
	for at, source := int64(0), open(); ; {
		var ok bool
		if at, ok = source.Next(); !ok {
			break
		}
		if p.modes[at/minute] != skipped {
			want = append(want, at)
		}
	}
	if float64(len(want)) != p.Simulated {
		t.Errorf("%d arrivals, the plan says %v", len(want), p.Simulated)
	}
	source, last := p.Source(open()), int64(0)
	for i := 0; ; i++ {
		at, ok := source.Next()
		if !ok {
			if i != len(want) {
				t.Errorf("%d arrivals, want %d", i, len(want))
			}
			break
		}
		if at < last || at >= p.End() {
			t.Fatalf("arrival %d at %d comes after %d and before %d", i, at, last, p.End())
		}
		if got := p.Trace(at); got != want[i] {
			t.Fatalf("arrival %d is at %d of the trace, want %d", i, got, want[i])
		}
		last = at
	}
	if p.End()%minute != 40e9 {
		t.Errorf("the end, %d, is not cut short as the trace is", p.End())
	}
	if p.Trace(p.End()) != span {
		t.Errorf("the end is at %d of the trace, want %d", p.Trace(p.End()), span)
	}

	// A source that can skip gives as many, but for chance.
	skipping, n := p.Source(Poisson(3, time.Duration(span), 5)), 0.0
	for {
		at, ok := skipping.Next()
		if !ok {
			break
		}
		if n++; at >= p.End() {
			t.Fatalf("an arrival at %d, beyond %d", at, p.End())
		}
	}
	if math.Abs(n-p.Simulated) > 5*math.Sqrt(p.Simulated) {
		t.Errorf("%v arrivals, want about %v", n, p.Simulated)
	}
	expected, err := Count(context.Background(), Poisson(3, time.Duration(span), 5), span)
	if err != nil || math.Abs(expected.Total()-3*float64(span)/1e9) > 1e-3 || len(expected.Minutes) != 361 {
		t.Errorf("%v requests are expected in %d minutes, %v", expected.Total(), len(expected.Minutes), err)
	}
}

// skipping is a source that is at hand and can skip.
type skipping struct{ arrivals }

func (s *skipping) Skip(to int64) float64 {
	n := 0
	for n < len(s.left) && s.left[n] < to {
		n++
	}
	s.left = s.left[n:]
	return float64(n)
}

func TestCountingBySkippingIsCounting(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var at []int64
		now := int64(0)
		for range random.IntN(300) {
			now += int64(random.ExpFloat64() * 20e9)
			if random.IntN(60) == 0 {
				now += 10 * minute // a gap
			}
			at = append(at, now)
		}
		for _, span := range []int64{0, now + 1, now + 3*minute, now/2 + 1} {
			want, err := Count(context.Background(), Arrivals(at), span)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Count(context.Background(), &skipping{arrivals{at}}, span)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Minutes, want.Minutes) {
				t.Fatalf("span %d: %v, want %v", span, got.Minutes, want.Minutes)
			}
			if span > 0 && got.Span != want.Span || got.Span < want.Span {
				t.Fatalf("span %d becomes %d, want %d", span, got.Span, want.Span)
			}
		}
	}
}

func TestCountRefusesWhatIsOutOfOrder(t *testing.T) {
	if _, err := Count(context.Background(), Arrivals([]int64{5, 4}), 0); err == nil {
		t.Error("no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Count(ctx, Arrivals([]int64{5}), 0); err == nil {
		t.Error("goes on though it was told to stop")
	}
	if c, err := Count(context.Background(), Arrivals([]int64{5, 3 * minute}), 0); err != nil || len(c.Minutes) != 4 || c.Span != 3*minute+1 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestCountsOfAnotherLength(t *testing.T) {
	c := Counts{Minutes: []float64{3, 0, 2, 0}, Span: 4*minute - 5}
	if got := c.Quiet(); got != minute-5 {
		t.Errorf("quiet for %d ns", got)
	}
	long := c.Until(6*minute + 1)
	if !slices.Equal(long.Minutes, []float64{3, 0, 2, 0, 0, 0, 0}) || long.Span != 6*minute+1 || long.Quiet() != 3*minute+1 {
		t.Errorf("%+v", long)
	}
	if short := c.Until(minute); !slices.Equal(short.Minutes, []float64{3}) || short.Quiet() != 0 || len(c.Minutes) != 4 {
		t.Errorf("%+v of %+v", short, c)
	}
}

// Stretches whose run-ups overlap simulate some requests twice, and never more than
// there are.
func TestNoMoreThanAllIsSimulated(t *testing.T) {
	if got := covered(112, 100); got != 1 {
		t.Errorf("%.0f %% of the requests", 100*got)
	}
	if got := covered(12, 100); got != .12 {
		t.Errorf("%.0f %% of the requests", 100*got)
	}
}

// Where nothing waited, no wait was the longest.
func TestAnEmptyHistogramHasNoLongest(t *testing.T) {
	if got := Summarize(hdrhistogram.New(lowestLatency, highestLatency, latencyDigits), 0); got.Max != 0 || got.Count != 0 || got.Histogram == nil {
		t.Errorf("got %+v", got)
	}
	empty := hdrhistogram.New(lowestLatency, highestLatency, latencyDigits)
	for range 10 {
		_ = empty.RecordValue(0)
	}
	if got := Summarize(empty, 0); got.Count != 10 || got.P50 != 0 || got.P999 != 0 || got.Max != 0 {
		t.Errorf("ten times none are %+v", got)
	}
}
