package placement

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ambi/compare/price"
)

// problem is a cost with what makes placing hard: fixed costs, steps of nodes, prices that
// fall by tiers.
type problem struct {
	first, shares []float64
	pinned        []Side
}

func draw(random *rand.Rand, n int) problem {
	p := problem{pinned: make([]Side, n)}
	for i := range n {
		p.first = append(p.first, 100*random.Float64()*random.Float64())
		p.shares = append(p.shares, 1.2*random.Float64()*random.Float64())
		if random.IntN(5) == 0 {
			p.pinned[i] = Side(1 + random.IntN(2))
		}
	}
	return p
}

func (p problem) cost(first []bool) (price.USD, bool) {
	total, onFirst, share, some := 0.0, 0.0, 0.0, false
	for i, is := range first {
		if is {
			onFirst += p.first[i]
			continue
		}
		share, some = share+p.shares[i], true
	}
	total += min(onFirst, 100) + .5*max(0, onFirst-100)
	if some {
		whole := 2.0
		for whole < share {
			whole++
		}
		total += 40 + 30*whole
	}
	return price.USD(total * 1e9), true
}

func (p problem) search() Search {
	s := Search{Pinned: p.pinned, Cost: p.cost}
	for i := range p.first {
		s.Lean = append(s.Lean, p.shares[i]*30-p.first[i])
	}
	return s
}

// with is the least with a unit on a side.
func (p problem) with(unit, side int) price.USD {
	pinned := slices.Clone(p.pinned)
	if want := Side(side + 1); pinned[unit] == Either {
		pinned[unit] = want
	} else if pinned[unit] != want {
		return price.Beyond
	}
	return problem{p.first, p.shares, pinned}.cheapest()
}

// cheapest tries every assignment, by counting.
func (p problem) cheapest() price.USD {
	best := price.Beyond
	first := make([]bool, len(p.first))
	for mask := range 1 << len(first) {
		allowed := true
		for i := range first {
			first[i] = mask>>i&1 == 1
			allowed = allowed && p.pinned[i] != map[bool]Side{true: Second, false: First}[first[i]]
		}
		if usd, _ := p.cost(first); allowed && usd < best {
			best = usd
		}
	}
	return best
}

func TestEveryAssignmentIsTried(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	mixed := 0
	for range 500 {
		p := draw(random, 1+random.IntN(10))
		found, ok := p.search().Best()
		if !ok || !found.Exact || found.Cost != p.cheapest() {
			t.Fatalf("%+v: got %+v, and the cheapest costs %s", p, found, p.cheapest())
		}
		for i := range p.pinned {
			for side := range 2 {
				if want := p.with(i, side); found.With[i][side] != want {
					t.Fatalf("%+v: with unit %d on side %d it costs %s, want %s", p, i, side, found.With[i][side], want)
				}
			}
		}
		if usd, _ := p.cost(found.First); usd != found.Cost {
			t.Fatalf("the assignment costs %s and not %s", usd, found.Cost)
		}
		if slices.Contains(found.First, true) && slices.Contains(found.First, false) {
			mixed++
		}
	}
	if mixed < 100 {
		t.Errorf("only %d of 500 are mixes", mixed)
	}
}

// The local search comes close on problems whose answer is known.
func TestLocalSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 2))
	missed := 0
	for range 500 {
		p := draw(random, 10)
		s := p.search()
		s.Tries = mostTries
		r := run{Search: s, known: map[string]bool{}, first: make([]bool, len(p.pinned))}
		r.begin()
		for i, pin := range p.pinned {
			if r.first[i] = pin == First; pin == Either {
				r.free = append(r.free, i)
			}
		}
		r.local()
		best := p.cheapest()
		if r.best.Cost < best {
			t.Fatalf("found %s, below the cheapest, %s", r.best.Cost, best)
		}
		if r.best.Cost > best {
			missed++
		}
		if float64(r.best.Cost) > 1.1*float64(best) {
			t.Errorf("%+v: found %s, and the cheapest costs %s", p, r.best.Cost, best)
		}
	}
	t.Logf("%d of 500 missed the cheapest", missed)
	if missed > 25 {
		t.Errorf("%d of 500 missed the cheapest", missed)
	}
}

func TestManyUnits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{20, 40, 1000} {
		p := draw(random, n)
		found, ok := p.search().Best()
		if !ok || found.Exact || found.Tried > mostTries+2 {
			t.Fatalf("%d units: got %v, exact %v, %d tried", n, ok, found.Exact, found.Tried)
		}
		for i, pin := range p.pinned {
			if pin == First && !found.First[i] || pin == Second && found.First[i] {
				t.Errorf("%d units: unit %d is not on its side", n, i)
			}
		}
	}
}

// Equal costs give all units on one side; and an unknown cost is none.
func TestTiesAndUnknown(t *testing.T) {
	s := Search{Pinned: make([]Side, 3), Cost: func([]bool) (price.USD, bool) { return price.Dollar, true }}
	if found, ok := s.Best(); !ok || !slices.Equal(found.First, []bool{true, true, true}) {
		t.Errorf("got %+v", found)
	}
	s.Cost = func([]bool) (price.USD, bool) { return 0, false }
	if found, ok := s.Best(); ok {
		t.Errorf("got %+v for unknown costs", found)
	}
}
