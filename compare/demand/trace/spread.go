package trace

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sort"

	"ambi/internal/problem"
)

// Spread is the rule by which the requests of an interval are spread over it.
type Spread string

// The rules.
const (
	// Poisson puts each request anywhere in the interval, independently of the
	// others: given its count, that is a Poisson process. It is the default.
	Poisson Spread = "poisson"
	// Even puts them at equal distances, the first half a distance in.
	Even Spread = "even"
)

// ParseSpread is the rule of a name.
func ParseSpread(name string) (Spread, error) {
	switch s := Spread(name); s {
	case Poisson, Even:
		return s, nil
	}
	return "", problem.New("must be poisson or even, got %q", name)
}

// spreader turns counts of intervals into moments, in order.
//
// An interval with many requests is halved again and again, and as many of its
// requests go to the first half as fair coins show heads: a binomial number,
// without logarithms that differ from machine to machine. What is left
// is few enough to be sorted. So the memory that it takes does not depend on the
// count.
type spreader struct {
	rule   Spread
	random *rand.PCG
	parts  []part  // of the interval, the first on top
	ready  []int64 // moments, the first on top
	// Of Even:
	begin, width, count, given int64
}

// part is a stretch of an interval with its requests.
type part struct{ at, width, count int64 }

// few is how many requests are placed and sorted at once.
const few = 64

func newSpreader(rule Spread, seed uint64) spreader {
	if rule == "" {
		rule = Poisson
	}
	return spreader{rule: rule, random: rand.NewPCG(seed, 0x5ca1ab1e)}
}

// add gives the spreader another record; the one before is used up.
func (s *spreader) add(r record) {
	if r.count == 0 {
		return
	}
	if s.rule == Even || r.width == 0 {
		s.begin, s.width, s.count, s.given = r.at, r.width, r.count, 0
		return
	}
	s.parts = append(s.parts, part{r.at, r.width, r.count})
}

// next is the next moment.
func (s *spreader) next() (int64, bool) {
	if s.given < s.count {
		at := s.even(s.given)
		s.given++
		return at, true
	}
	for len(s.ready) == 0 {
		if len(s.parts) == 0 {
			return 0, false
		}
		s.split()
	}
	last := len(s.ready) - 1
	at := s.ready[last]
	s.ready = s.ready[:last]
	return at, true
}

// even is the i-th moment of an interval that is spread evenly.
func (s *spreader) even(i int64) int64 {
	high, low := bits.Mul64(uint64(2*i+1), uint64(s.width))
	offset, _ := bits.Div64(high, low, uint64(2*s.count))
	return s.begin + int64(offset)
}

// skip passes over the moments before one, and returns how many they were. It is
// false when none is left.
func (s *spreader) skip(to int64) (passed int64, left bool) {
	if s.given < s.count {
		first := s.given + int64(sort.Search(int(s.count-s.given), func(i int) bool { return s.even(s.given+int64(i)) >= to }))
		passed, s.given = first-s.given, first
		return passed, s.given < s.count
	}
	for {
		last := len(s.ready) - 1
		for ; last >= 0 && s.ready[last] < to; last-- {
			passed++
		}
		if s.ready = s.ready[:last+1]; last >= 0 {
			return passed, true
		}
		top := len(s.parts) - 1
		switch {
		case top < 0:
			return passed, false
		case s.parts[top].at+s.parts[top].width <= to:
			passed += s.parts[top].count
			s.parts = s.parts[:top]
		case s.parts[top].count > 0 && s.parts[top].at >= to:
			return passed, true
		default:
			s.split()
		}
	}
}

// split places the requests of the first part, or halves it.
func (s *spreader) split() {
	last := len(s.parts) - 1
	p := s.parts[last]
	s.parts = s.parts[:last]
	switch {
	case p.count == 0:
	case p.count <= few || p.width <= 1:
		for range min(p.count, few) {
			offset, _ := bits.Mul64(s.random.Uint64(), uint64(p.width))
			s.ready = append(s.ready, p.at+int64(offset))
		}
		slices.SortFunc(s.ready, func(a, b int64) int { return int(min(max(b-a, -1), 1)) })
		if p.count > few { // of one nanosecond
			s.parts = append(s.parts, part{p.at, p.width, p.count - few})
		}
	default:
		first, half := heads(s.random, p.count), p.width/2
		s.parts = append(s.parts, part{p.at + half, p.width - half, p.count - first}, part{p.at, half, first})
	}
}

// heads is how many of n fair coins show heads: exactly up to many coins, which
// take a random bit each. Of more than that, the distance from the mean is that of
// as many coins as are thrown, times the root of how many more there are: a normal
// number in all but name, from integers and a root that every machine rounds alike.
func heads(random *rand.PCG, n int64) int64 {
	if n <= manyCoins {
		return tossed(random, n)
	}
	distance := float64(2*tossed(random, manyCoins)-manyCoins) * math.Sqrt(float64(n)/manyCoins) / 2
	return n/2 + int64(math.Round(distance))
}

// manyCoins is how many are thrown at most: a thousandth of a second's work.
const manyCoins = 1 << 22

func tossed(random *rand.PCG, n int64) int64 {
	total := 0
	for ; n >= 64; n -= 64 {
		total += bits.OnesCount64(random.Uint64())
	}
	if n > 0 {
		total += bits.OnesCount64(random.Uint64() >> (64 - n))
	}
	return int64(total)
}
