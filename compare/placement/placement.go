// Package placement searches for the cheapest assignment of units to two sides, where the
// cost of an assignment is not the sum of its units' costs: fixed costs are shared, nodes are
// packed, and prices fall by tiers. It knows neither services nor prices.
//
//	found, ok := placement.Search{Units: 5, Cost: cost}.Best()
//
// Up to MostExact units every assignment is tried. Beyond that it is a local search from
// several starts: it moves one unit, or swaps two, as long as that makes the assignment
// cheaper, and then begins anew nearby. What it finds is then an upper bound; a caller that knows a lower one can say what
// the search may have missed.
package placement

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ambi/compare/price"
)

// MostExact is up to how many free units every assignment is tried: 4,096 of them.
const MostExact = 12

// mostTries is how many assignments a local search tries unless told.
const mostTries = 4000

// Side is where a unit may be.
type Side byte

// The sides.
const (
	Either Side = iota // the search decides
	First
	Second
)

// Search is what to search in.
type Search struct {
	// Pinned is each unit's side, as far as it is given.
	Pinned []Side
	// Lean is by how much cheaper each unit is on the first side, roughly. A local
	// search starts from assignments in this order. It may be empty.
	Lean []float64
	// Cost is what an assignment costs, where first[i] says that unit i is on the first
	// side. It is false where the cost is unknown: then the assignment is left out.
	Cost func(first []bool) (price.USD, bool)
	// Tries is how many assignments a local search tries; 0 is some thousand.
	Tries int
}

// Found is the cheapest assignment that a search found.
type Found struct {
	First []bool
	Cost  price.USD
	Exact bool // none is cheaper
	Tried int  // assignments
	// With is the least that was found with each unit on the first and on the second side;
	// price.Beyond where nothing was.
	With [][2]price.USD
}

// Best searches; false if no assignment has a cost. Of assignments that cost the same it is
// the one with all units on one side, where there is one, and else the one that was tried
// first, so that the answer is always the same.
func (s Search) Best() (Found, bool) {
	if s.Tries == 0 {
		s.Tries = mostTries
	}
	r := run{Search: s, known: map[string]bool{}, first: make([]bool, len(s.Pinned))}
	r.begin()
	for i, pin := range s.Pinned {
		r.first[i] = pin == First
		if pin == Either {
			r.free = append(r.free, i)
		}
	}
	r.same(true)
	r.same(false)
	if len(r.free) <= MostExact {
		r.everything(len(r.free))
		r.best.Exact = true
	} else {
		r.local()
	}
	return r.best, r.best.First != nil
}

// run is a search on its way.
type run struct {
	Search
	free  []int
	first []bool // the assignment that is looked at
	best  Found
	known map[string]bool // what a local search has tried
}

// begin says that nothing was found yet.
func (r *run) begin() {
	for range r.Pinned {
		r.best.With = append(r.best.With, [2]price.USD{price.Beyond, price.Beyond})
	}
}

// try is the cost of the present assignment, which becomes the best if none was cheaper.
func (r *run) try() (price.USD, bool) {
	r.best.Tried++
	usd, ok := r.Cost(r.first)
	for i, first := range r.first {
		side := 1
		if first {
			side = 0
		}
		if ok && usd < r.best.With[i][side] {
			r.best.With[i][side] = usd
		}
	}
	if ok && (r.best.First == nil || usd < r.best.Cost) {
		r.best.First, r.best.Cost = append(r.best.First[:0], r.first...), usd
	}
	return usd, ok
}

// same tries all free units on one side.
func (r *run) same(first bool) {
	for _, i := range r.free {
		r.first[i] = first
	}
	r.try()
}

// everything tries all assignments of the first n free units.
func (r *run) everything(n int) {
	if n == 0 {
		r.try()
		return
	}
	for _, side := range []bool{true, false} {
		r.first[r.free[n-1]] = side
		r.everything(n - 1)
	}
}

// local descends from the assignments that the lean suggests, and then, as long as there are
// tries left, from the best one with a few units moved at random.
func (r *run) local() {
	order := slices.Clone(r.free)
	if len(r.Lean) > 0 {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.Lean[b], r.Lean[a]) })
	}
	tries := max(1, r.Tries/8)
	step := (len(order) + tries - 1) / tries // the thousands are sampled
	for n := 0; n <= len(order); n += step {
		for i, unit := range order {
			r.first[unit] = i < n
		}
		r.once()
	}
	if r.best.First == nil {
		return
	}
	random := rand.New(rand.NewPCG(1, 1)) // the same answer every time
	for stuck := 0; r.best.Tried < r.Tries && stuck < 2*len(order); stuck++ {
		before := r.best.Cost
		copy(r.first, r.best.First)
		if stuck > 0 {
			for range 2 + random.IntN(3) {
				i := order[random.IntN(len(order))]
				r.first[i] = !r.first[i]
			}
		}
		r.descend(order)
		if r.best.Cost < before {
			stuck = 0
		}
	}
}

// descend moves and swaps units until nothing makes the present assignment cheaper.
func (r *run) descend(order []int) {
	now, ok := r.Cost(r.first)
	for ok && r.best.Tried < r.Tries {
		usd, better := r.step(order, now)
		if !better {
			return
		}
		now = usd
	}
}

// step makes the first change to the present assignment that makes it cheaper than now.
func (r *run) step(order []int, now price.USD) (price.USD, bool) {
	for n, i := range order {
		r.first[i] = !r.first[i]
		if usd, ok := r.once(); ok && usd < now {
			return usd, true
		}
		for _, j := range order[:n] { // a swap: the other one moves the other way
			if r.first[i] == r.first[j] {
				r.first[j] = !r.first[j]
				if usd, ok := r.once(); ok && usd < now {
					return usd, true
				}
				r.first[j] = !r.first[j]
			}
		}
		r.first[i] = !r.first[i]
	}
	return 0, false
}

// once is the cost of the present assignment; false if it was looked at before, or if the
// search has lasted long enough.
func (r *run) once() (price.USD, bool) {
	key := make([]byte, len(r.first))
	for i, first := range r.first {
		if first {
			key[i] = 1
		}
	}
	if r.known[string(key)] || r.best.Tried >= r.Tries {
		return 0, false
	}
	r.known[string(key)] = true
	return r.try()
}
