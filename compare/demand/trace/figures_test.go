package trace_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

// listed is a source of given arrivals.
type listed []int64

func (l *listed) Next() (int64, bool) {
	if len(*l) == 0 {
		return 0, false
	}
	at := (*l)[0]
	*l = (*l)[1:]
	return at, true
}

// TestFiguresNaively compares with the plain way of computing them.
func TestFiguresNaively(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		n := 1 + random.IntN(400)
		var all []int64
		at := int64(0)
		for range n {
			all = append(all, at)
			at += int64(random.ExpFloat64() * math.Pow(10, 6+4*random.Float64()))
		}
		span := all[n-1]
		source := listed(slices.Clone(all))
		f := trace.Measure(&source)
		if f.Requests != int64(n) || int64(f.Span) != span {
			t.Fatalf("%d requests in %s, want %d in %d", f.Requests, f.Span, n, span)
		}
		for _, w := range []trace.Window{f.Second, f.Minute} {
			windows := int(span / int64(w.Length))
			counts := make([]float64, windows+1)
			for _, at := range all {
				counts[at/int64(w.Length)]++
			}
			if float64(w.Peak) != slices.Max(counts) {
				t.Fatalf("a peak of %d, want %v", w.Peak, slices.Max(counts))
			}
			counts = counts[:windows]
			mean, variance := 0.0, 0.0
			for _, c := range counts {
				mean += c / float64(windows)
			}
			for _, c := range counts {
				variance += (c - mean) * (c - mean) / float64(windows)
			}
			if windows < 2 || mean == 0 {
				if w.Dispersion != nil {
					t.Fatalf("an index of dispersion of %v for %d windows", *w.Dispersion, windows)
				}
				continue
			}
			if got, want := *w.Dispersion, variance/mean; math.Abs(got-want) > 1e-9*(1+want) {
				t.Fatalf("an index of dispersion of %v, want %v", got, want)
			}
		}
		minutes := make([]int64, len(f.Minutes))
		for _, at := range all {
			minutes[at/int64(time.Minute)]++
		}
		if !slices.Equal(minutes, f.Minutes) || int64(len(minutes)) < span/int64(time.Minute) {
			t.Fatalf("%v a minute, want %v", f.Minutes, minutes)
		}
		longest := int64(0)
		for i := 1; i < n; i++ {
			longest = max(longest, all[i]-all[i-1])
		}
		if int64(f.Gaps.Longest) != longest {
			t.Fatalf("a longest gap of %s, want %d", f.Gaps.Longest, longest)
		}
		sum, peak := int64(0), int64(0)
		for i, c := range f.Rate.Count {
			sum += c
			peak = max(peak, f.Rate.Peak[i])
			if int64(i)*int64(f.Rate.Step) > span {
				t.Fatalf("stretch %d of %s in %d", i, f.Rate.Step, span)
			}
		}
		if sum != int64(n) || peak != f.Second.Peak || len(f.Rate.Count) > trace.MaxStretches {
			t.Fatalf("a series of %d requests, at most %d a second, in %d stretches", sum, peak, len(f.Rate.Count))
		}
	}
}

func TestFiguresOfAlmostNothing(t *testing.T) {
	for _, source := range []listed{{}, {0}, {5, 5}} {
		n := len(source)
		f := trace.Measure(&source)
		if f.Requests != int64(n) || f.Second.Dispersion != nil {
			t.Errorf("%+v", f)
		}
	}
	// A trace of a second has that second's count as its rate a minute.
	source := listed{0, int64(time.Second)}
	if f := trace.Measure(&source); f.Mean != 2 || *f.Minute.PeakToMean != 1 {
		t.Errorf("%+v", f)
	}
}
