package compare

import (
	"ambi/compare/price"
	"ambi/spec"
)

// FloorAndBest is the least that a mix of an app can cost, and the cheapest mix of all; false
// if an app has none, or a figure is missing.
func FloorAndBest(in Input) (floor, best price.USD, ok bool) {
	c, _, r, err := begin(in)
	if err != nil {
		return 0, 0, false
	}
	s := c.placing(r)
	if !s.bounded {
		return 0, 0, false
	}
	floor, best = s.floor.Least(func(int, spec.Target) bool { return true }), price.Beyond
	first := make([]bool, len(s.units))
	for mask := 1; mask < 1<<len(first)-1; mask++ {
		for i := range first {
			first[i] = mask>>i&1 == 1
		}
		if usd, known := s.Cost(first); known {
			best, ok = min(best, usd), true
		}
	}
	return floor, best, ok
}
