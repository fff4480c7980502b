package breakeven_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"ambi/compare/price"
	"ambi/compare/price/breakeven"
)

func dollars(x float64) price.USD { return price.USD(math.Round(x * 1e9)) }

// line and stairs are a Lambda-like and a Kubernetes-like curve.
func line(perMillion float64) func(float64) float64 {
	return func(n float64) float64 { return n / 1e6 * perMillion }
}

func stairs(floor, each, width float64) func(float64) float64 {
	return func(n float64) float64 { return floor + each*math.Max(0, math.Ceil(n/width)-1) }
}

func sides(lambda, kubernetes func(float64) float64) breakeven.Sides {
	return func(n float64) (price.USD, price.USD) { return dollars(lambda(n)), dollars(kubernetes(n)) }
}

func crossings(s breakeven.Sides) []breakeven.Crossing {
	return breakeven.Crossings(s, breakeven.Sweep(s, 1e3, 1e10, 100))
}

func TestCrossings(t *testing.T) {
	for _, c := range []struct {
		name string
		s    breakeven.Sides
		want []float64 // requests
		step []bool
	}{
		{"a line and a floor", sides(line(1), stairs(200, 0, 1)), []float64{200_000_001}, []bool{false}},
		{"none, Lambda", sides(line(.001), stairs(200, 0, 1)), nil, nil},
		{"none, Kubernetes", sides(line(1e3), stairs(0, 0, 1)), nil, nil},
		// $1 a million against 100 + 100 for each further 150 M: meets the first step
		// at 100 M, is overtaken at 150 M, meets the second at 200 M, then falls behind for good.
		{"three", sides(line(1), stairs(100, 100, 150e6)), []float64{100_000_001, 150_000_001, 200_000_001}, []bool{false, true, false}},
	} {
		got := crossings(c.s)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %d crossings: %+v", c.name, len(got), got)
			continue
		}
		for i, x := range got {
			if x.Requests != c.want[i] || x.Step != c.step[i] || x.ToLambda != (i%2 == 1) {
				t.Errorf("%s: got %+v, want %v", c.name, x, c.want[i])
			}
		}
	}
}

// With $1 a million against steps of 100 for each 100 M the curves touch at
// every step: the narrow sweep between them must not lose any.
func TestCrossingsInNarrowSteps(t *testing.T) {
	s := sides(line(1), func(n float64) float64 { return 95 + 100*math.Floor(n/100e6) })
	got := breakeven.Crossings(s, breakeven.Sweep(s, 1e6, 950e6, 5))
	// In each hundred million: Kubernetes from 95 M on, Lambda again from 100 M.
	if len(got) != 18 {
		t.Fatalf("got %d crossings", len(got))
	}
	for i, c := range got {
		want := math.Floor(float64(i)/2)*100e6 + 95e6 + 1
		if i%2 == 1 {
			want = math.Floor(float64(i+1)/2) * 100e6
		}
		if c.Requests != want {
			t.Errorf("crossing %d at %v, want %v", i, c.Requests, want)
		}
	}
}

// Whatever the curves: each crossing is a change of the cheaper side, they
// alternate, and fine sampling finds no other.
func TestCrossingsAreSignChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	total := 0
	for range 300 {
		s := sides(
			line(math.Exp(random.NormFloat64()*2)),
			stairs(50+random.Float64()*300, random.Float64()*200, math.Exp(random.Float64()*6)*1e6))
		points := breakeven.Sweep(s, 1e3, 3e9, 60)
		got := breakeven.Crossings(s, points)
		total += len(got)
		before := points[0].LambdaCheaper()
		last := 0.0
		for _, c := range got {
			if c.LambdaCheaper() == c.Before.LambdaCheaper() || c.Before.LambdaCheaper() != before || c.ToLambda == before || c.Requests <= last {
				t.Fatalf("not a change: %+v", c)
			}
			before, last = c.ToLambda, c.Requests
		}
		if points[len(points)-1].LambdaCheaper() != before {
			t.Fatal("the last point contradicts the crossings")
		}
		next, cheaper := 0, points[0].LambdaCheaper()
		for _, p := range breakeven.Sweep(s, 1e3, 3e9, 20_000) {
			for next < len(got) && got[next].Requests <= p.Requests {
				cheaper = got[next].ToLambda
				next++
			}
			if p.LambdaCheaper() == cheaper {
				continue
			}
			// Only what begins and ends within a thousandth may be missed.
			for _, beside := range breakeven.Sweep(s, p.Requests/1.001, p.Requests*1.001, 2) {
				if beside.LambdaCheaper() != cheaper {
					t.Fatalf("at %v the answer is wrong, and not for a moment only", p.Requests)
				}
			}
		}
	}
	if total < 300 {
		t.Errorf("only %d crossings were tried", total)
	}
}

func TestSweep(t *testing.T) {
	s := sides(line(1), stairs(200, 0, 1))
	points := breakeven.Sweep(s, 1, 1000, 61)
	if points[0].Requests != 1 || points[len(points)-1].Requests != 1000 {
		t.Errorf("from %v to %v", points[0].Requests, points[len(points)-1].Requests)
	}
	for i := 1; i < len(points); i++ {
		if points[i].Requests <= points[i-1].Requests || points[i].Requests != math.Round(points[i].Requests) {
			t.Fatalf("points %v, %v", points[i-1].Requests, points[i].Requests)
		}
	}
}

func TestFlips(t *testing.T) {
	between := func(low, high float64) func(float64) (bool, bool) {
		return func(f float64) (bool, bool) { return f > low && f < high, true }
	}
	below, above := breakeven.Flips(between(.4, 2.5), .1, 10)
	if math.Abs(below-.4) > 1e-3 || math.Abs(above-2.5) > 3e-3 || below > .4 || above < 2.5 {
		t.Errorf("got %v, %v", below, above)
	}
	if below, above := breakeven.Flips(between(.01, 20), .1, 10); below != 0 || above != 0 {
		t.Errorf("out of reach: got %v, %v", below, above)
	}
	if below, above := breakeven.Flips(func(float64) (bool, bool) { return false, false }, .1, 10); below != 0 || above != 0 {
		t.Errorf("unknown: got %v, %v", below, above)
	}
	if below, above := breakeven.Flips(func(f float64) (bool, bool) { return f < 3, f < 2 && f > .5 }, .1, 10); below != 0 || above != 0 {
		t.Errorf("unknown on the way: got %v, %v", below, above)
	}
}

// Nodes that come one at a time let curves that run close to each other cross again and
// again: that is one answer, and where the same target wins in the end, none.
func TestSettle(t *testing.T) {
	const part = .05
	for _, c := range []struct {
		name        string
		kubernetes  func(float64) float64
		crossings   int
		want, times int
	}{
		{"one crossing", stairs(200, 0, 1e9), 1, 1, 1},
		{"steps of a percent", stairs(200, 1.9, 2e6), 3, 1, 3},
		{"steps of a third", stairs(30, 45, 50e6), 9, 7, 1},
	} {
		s := sides(line(1), c.kubernetes)
		all := crossings(s)
		got := breakeven.Settle(s, all, part)
		if len(all) < c.crossings || len(got) != c.want {
			t.Errorf("%s: %d crossings and %d answers", c.name, len(all), len(got))
			continue
		}
		first := got[0]
		if first.Requests != all[0].Requests || first.ToLambda != all[0].ToLambda || first.Times < c.times || (first.Times > 1) != (first.Until > first.Requests) {
			t.Errorf("%s: %+v", c.name, first)
		}
	}
	// Kubernetes touches from above, and comes back.
	touch := sides(line(1), func(n float64) float64 { x := (n - 200e6) / 40e6; return n/1e6 + 2 - 4*math.Exp(-x*x) })
	if all := crossings(touch); len(all) != 2 || len(breakeven.Settle(touch, all, part)) != 0 {
		t.Errorf("%d crossings, and %+v", len(all), breakeven.Settle(touch, all, part))
	}
}
