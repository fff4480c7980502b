package trace

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"time"

	"ambi/compare/demand"
	"ambi/internal/problem"
	"ambi/spec"
)

// Synthetic is a trace that is made by a rule: a Poisson process whose rate
// follows a profile.
//
//   - steady and diurnal traffic, and counts a minute, follow the profile's
//     cycle as it stands, from its begin.
//   - bursty and sporadic traffic is a two-state Markov-modulated Poisson
//     process: the profile's two segments are its states, and how long it stays
//     in one is exponential with the segment's length as its mean. Its index of
//     dispersion is Dispersion.
//
// The same arguments give the same arrivals on every machine: all random
// numbers are integers.
type Synthetic struct {
	random   *rand.PCG // of gaps between arrivals
	stays    *rand.PCG // of how long states last, so that skipping arrivals does not change them
	states   []state
	modulate bool // bursty and sporadic
	state    int
	left     int64 // of the state, nanoseconds
	at, end  int64
}

// state is a stretch with one rate.
type state struct {
	length int64 // nanoseconds; the mean, where it is random
	rate   float64
	gap    meanGap // between two arrivals
}

// MaxDuration bounds a synthetic trace: a year.
const MaxDuration = 366 * 24 * time.Hour

// Synthesize starts a trace of some traffic. The traffic's requests and its
// profile must be known.
func Synthesize(t demand.Traffic, duration time.Duration, seed uint64) (*Synthetic, error) {
	rate := t.PerSecond()
	switch {
	case math.IsNaN(rate) || rate <= 0:
		return nil, problem.Field("requests", "must be known and more than 0")
	case !t.Profile.Known():
		return nil, problem.Field("shape", "must be known")
	case duration < time.Second || duration > MaxDuration:
		return nil, problem.Field("span", "must be 1s to %dh, got %s", int(MaxDuration.Hours()), short(duration))
	}
	s := &Synthetic{random: rand.NewPCG(seed, 0xa11b1), stays: rand.NewPCG(seed, 0x57a75), end: int64(duration)}
	for _, segment := range t.Profile.Segments() {
		s.states = append(s.states, newState(segment, rate))
	}
	if modulated(t) {
		s.modulate = true
		whole := uint64(s.states[0].length + s.states[1].length)
		if at, _ := bits.Mul64(s.stays.Uint64(), whole); at >= uint64(s.states[0].length) {
			s.state = 1
		}
	}
	s.stay()
	return s, nil
}

func modulated(t demand.Traffic) bool {
	return len(t.Minutes) == 0 && (t.Shape == spec.Bursty || t.Shape == spec.Sporadic) && len(t.Profile.Segments()) == 2
}

func newState(segment demand.Segment, rate float64) state {
	// Rounded, since factors may come from a cosine: a nanohertz.
	rate = math.Round(rate*segment.Factor*1e9) / 1e9
	s := state{length: int64(segment.Length), rate: rate}
	if rate > 0 {
		s.gap = newMeanGap(1e9 / rate)
	}
	return s
}

// stay draws how long the state lasts.
func (s *Synthetic) stay() {
	s.left = s.states[s.state].length
	if s.modulate {
		mean := newMeanGap(float64(s.left))
		s.left = max(1, mean.draw(s.stays))
	}
}

// Next is the next arrival, in nanoseconds since the trace began.
func (s *Synthetic) Next() (at int64, ok bool) {
	for s.at < s.end {
		current := &s.states[s.state]
		if current.rate > 0 {
			// A Poisson process forgets: what did not come before the state
			// changed is drawn anew.
			if gap := current.gap.draw(s.random); gap < s.left {
				s.at += gap
				s.left -= gap
				return s.at, s.at < s.end
			}
		}
		s.pass(s.left)
	}
	return 0, false
}

// pass goes on within a state, and to the next where it ends.
func (s *Synthetic) pass(time int64) {
	s.at += time
	if s.left -= time; s.left == 0 {
		s.state = (s.state + 1) % len(s.states)
		s.stay()
	}
}

// Skip goes on to a time: the next arrival is not before it. It returns how
// many arrivals were to be expected until then. Arrivals forget what was before
// them, so those that are passed over need not be drawn.
func (s *Synthetic) Skip(to int64) float64 {
	expected := 0.0
	for to = min(to, s.end); s.at < to; {
		time := min(s.left, to-s.at)
		expected += float64(s.states[s.state].rate * float64(time) / 1e9)
		s.pass(time)
	}
	return expected
}

// Expects says that Skip tells what was to be expected.
func (s *Synthetic) Expects() {}

// Err is nil: a synthetic trace has no fault.
func (s *Synthetic) Err() error { return nil }

// Span is how long the trace is.
func (s *Synthetic) Span() time.Duration { return time.Duration(s.end) }

// Dispersion is the index of dispersion of counts that a bursty or sporadic
// trace has in windows of a given length: the variance of the counts over their
// mean. For rates a and b, left at the rates u and v a second, and windows of t
// seconds it is
//
//	1 + 2 (a-b)^2 u v / ((u+v)^2 (a v + b u)) x (1 - (1 - exp(-(u+v) t)) / ((u+v) t))
//
// (Fischer and Meier-Hellstern, The Markov-modulated Poisson process cookbook,
// 1993, equation 19 and what follows it). It is 1 for steady traffic, a Poisson
// process, and not a number for other profiles, which are not stationary.
func Dispersion(t demand.Traffic, window time.Duration) float64 {
	segments := t.Profile.Segments()
	switch {
	case t.Shape == spec.Steady && len(t.Minutes) == 0, len(segments) == 1:
		return 1
	case !modulated(t):
		return math.NaN()
	}
	a, b := float64(t.PerSecond()*segments[0].Factor), float64(t.PerSecond()*segments[1].Factor)
	u, v := 1/segments[0].Length.Seconds(), 1/segments[1].Length.Seconds()
	both := (u + v) * window.Seconds()
	return 1 + float64(2*(a-b)*(a-b)*u*v/((u+v)*(u+v)*(float64(a*v)+float64(b*u)))*settled(both))
}

// settled is 1 - (1 - exp(-x)) / x, with operations that every machine rounds alike.
func settled(x float64) float64 {
	if x < 1 {
		sum := 0.0 // x/2 (1 - x/3 (1 - x/4 (1 - …)))
		for n := 20.0; n >= 2; n-- {
			sum = float64(x / n * (1 - sum))
		}
		return sum
	}
	// exp(-x) is the square of exp(-x/2).
	half := 1 - settled(x/2)
	return 1 - float64(half*(1-float64(x*half/4)))
}

// PeakFor is the peak-to-mean ratio that gives bursty or sporadic traffic an
// index of dispersion in windows of a second. Errors say what can be had.
func PeakFor(u demand.Usage, dispersion float64) (float64, error) {
	of := func(peak float64) (float64, error) {
		u.PeakToMean = demand.Known(peak)
		t, err := u.Resolve()
		if err != nil {
			return 0, err
		}
		return Dispersion(t, time.Second), nil
	}
	if u.Shape != spec.Bursty && u.Shape != spec.Sporadic {
		return 0, problem.Field("dispersion", "can be chosen for bursty and sporadic traffic, and not for %s", u.Shape)
	}
	low, high := 1.0, 1e5
	most, err := of(high)
	if err != nil {
		return 0, err
	}
	if !(dispersion > 1 && dispersion <= most) {
		return 0, problem.Field("dispersion", "must be more than 1 and at most %.3g at this rate, got %g", most, dispersion)
	}
	for range 60 {
		middle := (low + high) / 2
		d, err := of(middle)
		if err != nil {
			return 0, err
		}
		if d < dispersion {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Round(high*1e6) / 1e6, nil
}

// meanGap is the mean of an exponential time: scaled nanoseconds, so that a
// draw is one multiplication of integers.
type meanGap struct {
	scaled uint64
	shift  int
}

func newMeanGap(nanoseconds float64) meanGap {
	fraction, exponent := math.Frexp(min(nanoseconds, 1<<62)) // x = fraction 2^exponent
	const digits = 53
	return meanGap{uint64(math.Ldexp(fraction, digits)), digits - exponent}
}

// draw draws an exponential time in nanoseconds, rounded to the nearest.
func (m meanGap) draw(random *rand.PCG) int64 {
	high, low := bits.Mul64(exponential(random), m.scaled)
	shift := m.shift + exponentialBits
	switch {
	case shift >= 128:
		return 0
	case shift > 64:
		n := high >> (shift - 65)
		return int64(n>>1 + n&1)
	case high != 0 && bits.Len64(high)+64-shift >= 62: // beyond any trace's end
		return math.MaxInt64 / 4
	}
	n := high<<(65-shift) | low>>(shift-1)
	return int64(n>>1 + n&1)
}

// exponentialBits is how many of exponential's bits are a fraction.
const exponentialBits = 57

// ln2 is the logarithm of 2, with 64 bits of fraction.
const ln2 = 0xb17217f7d1cf79ab

// exponential draws an exponential number with a mean of 1, exactly to its
// last bit and with integers alone: algorithm S of Ahrens and Dieter, as in
// Knuth, The Art of Computer Programming, volume 2, 3.4.1. Coins decide between
// multiples of ln 2, and the least of some uniform numbers lies between two.
func exponential(random *rand.PCG) uint64 {
	multiple := uint64(0)
	bit := random.Uint64()
	for bit == math.MaxUint64 {
		multiple += 64
		bit = random.Uint64()
	}
	multiple += uint64(bits.LeadingZeros64(^bit))
	u := random.Uint64()
	if u >= ln2 {
		least := min(random.Uint64(), random.Uint64())
		table := sums()
		for k := 1; k < len(table) && u >= table[k]; k++ {
			least = min(least, random.Uint64())
		}
		u, _ = bits.Mul64(least, ln2)
	}
	const dropped = 64 - exponentialBits
	return multiple*(ln2>>dropped) + u>>dropped
}

// sums are the sums of ln2^i / i! from i = 1 on, with 64 bits of fraction.
func sums() [17]uint64 {
	return [...]uint64{
		ln2, 0xeef193f6d75a96fc, 0xfd27186259aaf6c2, 0xff9d6dd050f4c5a7,
		0xfff4cfcfef1e626b, 0xfffee81886e1c62f, 0xffffe7fe850e0bb5, 0xfffffe2a8731b17d,
		0xffffffdfac6eeadc, 0xfffffffdf9640067, 0xffffffffe22ec79c, 0xfffffffffe6a9ded,
		0xffffffffffebff81, 0xffffffffffff1417, 0xfffffffffffff5ce, 0xffffffffffffff95,
		0xfffffffffffffffb,
	}
}

// Describe says in a sentence how Synthesize makes a trace.
func Describe(t demand.Traffic, duration time.Duration, seed uint64) string {
	text := fmt.Sprintf("%s traffic of %.4g requests a second on average, for %s, seed %d", t.Shape, t.PerSecond(), short(duration), seed)
	segments := t.Profile.Segments()
	switch {
	case modulated(t):
		busy, quiet := segments[0], segments[1]
		text += fmt.Sprintf(": a Poisson process at %.4g a second for %s on average, and at %.4g for %s; its index of dispersion is %.4g in windows of a second",
			t.PerSecond()*busy.Factor, short(busy.Length), t.PerSecond()*quiet.Factor, short(quiet.Length), Dispersion(t, time.Second))
	case len(segments) == 1:
		text += ": a Poisson process"
	default:
		text += fmt.Sprintf(": a Poisson process whose rate changes in a cycle of %s, up to %.4g a second", short(t.Profile.Cycle()), t.PerSecond()*t.Profile.Peak())
	}
	return text
}

// short prints a duration without what is zero: 1h, and not 1h0m0s.
func short(d time.Duration) string { return spec.Duration(d.Round(time.Millisecond)).String() }
