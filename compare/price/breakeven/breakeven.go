// Package breakeven finds where two cost curves cross: every crossing within a
// range of monthly requests, or none.
//
//	points := breakeven.Sweep(sides, 1e3, 1e11, 400)
//	crossings := breakeven.Crossings(sides, points)
//
// Curves have steps, for nodes come one at a time, so that one pair of curves
// may cross three times, and a curve that a few samples find above the other
// may dip below it in between. Costs do not fall as requests rise, though, and
// that bounds what can happen between two samples: an interval is left alone
// only when its ends show that the curves cannot meet within it, and is halved
// otherwise.
package breakeven

import (
	"math"

	"ambi/compare/price"
	"ambi/target"
)

// Sides prices both targets at a number of requests a month; costs above price.Most are
// price.Beyond.
type Sides func(requests float64) (lambda, kubernetes price.USD)

// Point is a month on both targets.
type Point struct {
	Requests float64 `json:"requests"` // a month, a whole number
	target.Pair[price.USD]
}

// LambdaCheaper reports whether Lambda costs no more than Kubernetes.
func (p Point) LambdaCheaper() bool { return p.Lambda <= p.Kubernetes }

// Crossing is where the cheaper target changes.
type Crossing struct {
	Point             // the first whole number of requests at which the other target is cheaper
	Before    Point   `json:"before"`    // one request less
	ToLambda  bool    `json:"toLambda"`  // Lambda is the cheaper one from here on
	Step      bool    `json:"step"`      // because a cost jumps here, by a node more
	PerSecond float64 `json:"perSecond"` // the same number of requests, as a rate
	// Until is the last number of requests at which the cheaper target changes before
	// one of them stays clearly cheaper, and Times how often it does: once, or several
	// times while both cost about the same, for nodes come one at a time.
	Until float64 `json:"until"`
	Times int     `json:"times"`
}

// step is by how much a cost must rise with one request to count as a jump.
const step = price.Dollar / 100

// Sweep prices points between two numbers of requests, evenly apart on a
// logarithmic axis. It ends before the first whose cost is above price.Most.
func Sweep(sides Sides, low, high float64, points int) []Point {
	list := make([]Point, 0, points)
	for i := range points {
		n := math.Round(low * math.Pow(high/low, float64(i)/float64(points-1)))
		if last := len(list) - 1; last >= 0 && n <= list[last].Requests {
			continue
		}
		p := at(sides, n)
		if max(p.Lambda, p.Kubernetes) > price.Most {
			break
		}
		list = append(list, p)
	}
	return list
}

func at(sides Sides, requests float64) Point {
	lambda, kubernetes := sides(requests)
	return Point{requests, target.Pair[price.USD]{Lambda: lambda, Kubernetes: kubernetes}}
}

// Crossings finds every crossing between the first and the last of some
// points, in order. Two that lie within a thousandth of each other, with no
// point between them, may be missed.
func Crossings(sides Sides, points []Point) []Crossing {
	s := search{sides: sides}
	for i := 1; i < len(points); i++ {
		s.between(points[i-1], points[i])
	}
	return s.found
}

// Settle joins crossings that follow each other with both costs about the same all the
// way between them, apart by less than a part such as .05 of the higher: they are one
// answer, at the first of them. Where the same target is the cheaper one after all of
// them as before, there is none.
func Settle(sides Sides, crossings []Crossing, part float64) []Crossing {
	settled := []Crossing{}
	for first := 0; first < len(crossings); {
		last := first
		for last+1 < len(crossings) && alike(sides, crossings[last].Requests, crossings[last+1].Requests, part) {
			last++
		}
		if n := last - first + 1; n%2 == 1 {
			joined := crossings[first]
			joined.Until, joined.Times = crossings[last].Requests, n
			settled = append(settled, joined)
		}
		first = last + 1
	}
	return settled
}

// looks is at how many places between two crossings their distance is looked at.
const looks = 24

// alike reports whether costs are about the same from one number of requests to another.
func alike(sides Sides, from, to, part float64) bool {
	for i := range looks {
		p := at(sides, math.Round(from*math.Pow(to/from, (float64(i)+.5)/looks)))
		if low, high := min(p.Lambda, p.Kubernetes), max(p.Lambda, p.Kubernetes); float64(high-low) >= part*float64(high) {
			return false
		}
	}
	return true
}

type search struct {
	sides Sides
	found []Crossing
}

// resolution is the width, as a part of its position, below which an interval
// whose ends agree is not halved any more.
const resolution = 1e-3

// between finds the crossings after a, up to b.
func (s *search) between(a, b Point) {
	agree := a.LambdaCheaper() == b.LambdaCheaper()
	if b.Requests-a.Requests <= 1 {
		if !agree {
			s.found = append(s.found, Crossing{
				Point: b, Before: a, Until: b.Requests, Times: 1, ToLambda: b.LambdaCheaper(), PerSecond: b.Requests / (price.HoursPerMonth * 3600),
				Step: b.Kubernetes-a.Kubernetes >= step || b.Lambda-a.Lambda >= step,
			})
		}
		return
	}
	if agree && (apart(a, b) || b.Requests < a.Requests*(1+resolution)) {
		return
	}
	middle := math.Round(math.Sqrt(a.Requests * b.Requests))
	middle = min(max(middle, a.Requests+1), b.Requests-1)
	m := at(s.sides, middle)
	s.between(a, m)
	s.between(m, b)
}

// apart reports whether the curves cannot meet between two points, given that
// neither falls.
func apart(a, b Point) bool {
	return max(a.Lambda, b.Lambda) < min(a.Kubernetes, b.Kubernetes) ||
		max(a.Kubernetes, b.Kubernetes) < min(a.Lambda, b.Lambda)
}

// Flips finds the factors nearest to 1 at which an answer changes: above 1 up
// to high, and below 1 down to low. A factor is 0 where it does not change, or
// where answer is not ok on the way. The answer is looked at in steps that grow
// from a tenth to a half, and the first that changes it is narrowed down to a
// thousandth; what changes and changes back within a step is not seen.
func Flips(answer func(factor float64) (yes, ok bool), low, high float64) (below, above float64) {
	now, ok := answer(1)
	if !ok {
		return 0, 0
	}
	toward := func(end float64) float64 {
		inside, ratio := 1.0, 1.1
		for inside != end {
			outside := inside * ratio
			if end < 1 {
				outside = inside / ratio
			}
			if (end > 1) == (outside > end) {
				outside = end
			}
			yes, ok := answer(outside)
			if !ok {
				return 0
			}
			if yes != now {
				return narrow(answer, now, inside, outside)
			}
			inside, ratio = outside, min(ratio*ratio, 1.5)
		}
		return 0
	}
	return toward(low), toward(high)
}

// narrow bisects between a factor with the answer now and one with the other,
// and returns the latter.
func narrow(answer func(float64) (bool, bool), now bool, inside, outside float64) float64 {
	for math.Abs(outside-inside) > 1e-3*outside {
		middle := (inside + outside) / 2
		if yes, ok := answer(middle); ok && yes == now {
			inside = middle
		} else {
			outside = middle
		}
	}
	return outside
}
