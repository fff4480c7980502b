package replay

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// flowOf is the flow of some minutes, all of them left out.
func flowOf(minutes []float64, exact bool) *Flow {
	p := &Plan{span: int64(len(minutes)) * minute, counts: minutes, exact: exact, calm: make([]bool, len(minutes))}
	for i := range p.calm {
		p.calm[i] = true
	}
	return p.Flow(7)
}

func TestCountedRequestsAllCome(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	minutes := make([]float64, 300)
	for i := range minutes {
		minutes[i] = float64(random.IntN(3) * random.IntN(1000))
	}
	f := flowOf(minutes, true)
	for i, want := range minutes {
		from, end, sum := int64(i)*minute, int64(i+1)*minute, int64(0)
		for from < end {
			to := min(end, from+random.Int64N(minute))
			n := f.Requests(from, to)
			if n < 0 {
				t.Fatalf("%d requests come", n)
			}
			sum, from = sum+n, to
		}
		if math.Abs(float64(sum)-want) > 2 { // each stretch is rounded
			t.Errorf("%d requests come in a minute of %v", sum, want)
		}
	}
}

// TestFlowVaries compares the mean and the variance of what comes in a quarter of
// a minute with those of arrivals that know nothing of each other: binomial where
// the minute was counted, and Poisson where it is what is to be expected.
func TestFlowVaries(t *testing.T) {
	const minutes, quarter = 50_000, minute / 4
	for _, perMinute := range []float64{8, 100, 60_000} {
		for _, exact := range []bool{true, false} {
			counts := make([]float64, minutes)
			for i := range counts {
				counts[i] = perMinute
			}
			f := flowOf(counts, exact)
			var n, squares float64
			for at := int64(0); at < f.plan.span; at += quarter {
				x := float64(f.Requests(at, at+quarter))
				n += x
				squares += x * x
			}
			mean := n / (4 * minutes)
			variance := squares/(4*minutes) - mean*mean
			want := perMinute / 4
			if exact {
				want *= .75
			}
			if math.Abs(mean/(perMinute/4)-1) > .02 || math.Abs(variance/want-1) > .03 {
				t.Errorf("%v a minute, counted %v: mean %.4g, variance %.4g, want %.4g and %.4g", perMinute, exact, mean, variance, perMinute/4, want)
			}
		}
	}
}

// TestFlowVariesAsWhatItSaw shows it arrivals in pairs, which vary twice as much.
func TestFlowVariesAsWhatItSaw(t *testing.T) {
	const minutes, perMinute, quarter = 20_000, 1000, minute / 4
	counts := make([]float64, minutes)
	for i := range counts {
		counts[i] = perMinute
	}
	f := flowOf(counts, false)
	draw := NewDraw(3)
	for at := int64(0); at < 2000*minute; at += quarter {
		f.Saw(at, at+quarter, 2*round(draw.poisson(perMinute/8, 1)))
	}
	var n, squares float64
	for at := int64(0); at < f.plan.span; at += quarter {
		x := float64(f.Requests(at, at+quarter))
		n += x
		squares += x * x
	}
	mean := n / (4 * minutes)
	if ratio := (squares/(4*minutes) - mean*mean) / mean; math.Abs(ratio-2) > .1 {
		t.Errorf("the variance is %.3f times the mean, want 2", ratio)
	}
}

func TestDrawsHaveTheirMoments(t *testing.T) {
	const n = 200_000
	draw := NewDraw(5)
	moments := func(name string, next func() float64, mean, variance float64) {
		sum, squares := 0.0, 0.0
		for range n {
			x := next()
			sum += x
			squares += x * x
		}
		m := sum / n
		v := squares/n - m*m
		if math.Abs(m-mean) > 5*math.Sqrt(variance/n) || math.Abs(v/variance-1) > .05 {
			t.Errorf("%s: mean %.4f and variance %.4f, want %v and %v", name, m, v, mean, variance)
		}
	}
	moments("uniform", draw.Uniform, .5, 1.0/12)
	moments("normal", draw.Normal, 0, 1)
	for _, mean := range []float64{.1, .7, 20, 500} {
		moments("poisson", func() float64 { return draw.poisson(mean, 1) }, mean, mean)
	}
	moments("binomial", func() float64 { return draw.Binomial(20, .3, 1) }, 6, 4.2)
	moments("binomial", func() float64 { return draw.Binomial(1000, .25, 1) }, 250, 187.5)
}

func TestVariance(t *testing.T) {
	for name, x := range map[string]struct {
		distribution Distribution
		want         float64
	}{
		"constant":    {Constant(5), 0},
		"exponential": {Exponential(1e6), 1e12},
		"lognormal":   {Lognormal(1e6, .6), .36e12},
	} {
		if got := x.distribution.Variance(); math.Abs(got-x.want) > .003*x.want {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

func TestStretchesAreWhatIsCountedAndSettlesBeforeIt(t *testing.T) {
	modes := make([]mode, 100)
	for i := 20; i < 40; i++ {
		modes[i] = settling
	}
	for i := 40; i < 50; i++ {
		modes[i] = measured
	}
	for i := 97; i < 100; i++ {
		modes[i] = itself
	}
	p := &Plan{span: 100*minute - minute/2, modes: modes}
	got := p.Stretches(5 * time.Minute)
	want := []Stretch{{35 * minute, 50 * minute}, {97 * minute, p.span}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
	if got := p.Stretches(time.Hour); got[0].From != 20*minute {
		t.Errorf("%v begin before what is simulated", got)
	}
}
