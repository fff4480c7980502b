package replay

import (
	"math"

	"ambi/internal/portable"
)

// Flow is the requests of what a plan leaves out, as numbers: how many come in one
// stretch of time after the other. They vary as arrivals do. A simulator that goes
// through what is left out takes them for what its slow state, such as how many
// replicas there are, goes by:
//
//	flow := plan.Flow(seed)
//	n := flow.Requests(from, to)
//
// Where minutes were counted, the requests of each are spread over it as if every
// one came at any time in it; where they are what is to be expected, their number
// is drawn too. Arrivals that vary more than that, or less, do so here as much as
// they do in the calm minutes that are simulated; see Saw.
type Flow struct {
	plan *Plan
	draw Draw
	at   int64
	left float64 // requests of the minute that is gone through

	squares, variance float64 // of what was seen: squared distances, and what they were to be
	seen              int
}

// Flow is what comes in the minutes that are left out.
func (p *Plan) Flow(seed uint64) *Flow {
	return &Flow{plan: p, draw: NewDraw(seed ^ flowStream)}
}

const (
	flowStream = 0x666c6f77 // keeps its numbers apart from those of other uses of a seed
	// fewestSeen stretches are to be seen before it is said how much they vary.
	fewestSeen = 40
)

// length of a minute: the last may be cut short.
func (f *Flow) length(i int64) int64 { return min(minute, f.plan.span-i*minute) }

// Requests is how many come from one time to another, both in nanoseconds since
// the trace began, and before its end. Times do not go back.
func (f *Flow) Requests(from, to int64) int64 {
	n := 0.0
	for from < to {
		i := from / minute
		end := i*minute + f.length(i)
		if from == i*minute || f.at != from { // it is new, or what came before was simulated
			f.left = f.plan.counts[i]
			if !f.plan.exact {
				f.left = f.draw.poisson(f.left, f.dispersion())
			}
			f.left *= float64(end-from) / float64(f.length(i))
		}
		until := min(to, end)
		came := f.left
		if until < end {
			came = f.draw.Binomial(f.left, float64(until-from)/float64(end-from), f.dispersion())
		}
		n += came
		f.left -= came
		from, f.at = until, until
	}
	return round(n)
}

// Saw tells how many requests came in a stretch that was simulated.
func (f *Flow) Saw(from, to, n int64) {
	mean, variance := 0.0, 0.0
	for at := from; at < to; {
		i := at / minute
		end := min(to, (i+1)*minute)
		if i >= int64(len(f.plan.calm)) || !f.plan.calm[i] {
			return // the rate may change within the minute
		}
		part := float64(end-at) / float64(f.length(i))
		mean += float64(f.plan.counts[i] * part)
		if f.plan.exact {
			variance += float64(f.plan.counts[i] * float64(part*(1-part)))
		} else {
			variance += float64(f.plan.counts[i] * part)
		}
		at = end
	}
	off := float64(n) - mean
	f.squares += float64(off * off)
	f.variance += variance
	f.seen++
}

// dispersion is how much more the requests vary than those of a Poisson process.
func (f *Flow) dispersion() float64 {
	if f.seen < fewestSeen || f.variance == 0 {
		return 1
	}
	return f.squares / f.variance
}

// Draw is random numbers in a row: the n-th depends on the seed and n alone.
type Draw struct{ seed, n uint64 }

// NewDraw begins with the first.
func NewDraw(seed uint64) Draw { return Draw{seed: seed} }

// Uint64 is any number.
func (d *Draw) Uint64() uint64 {
	d.n++
	return Mix(d.seed, d.n-1)
}

// Uniform is from 0 to below 1.
func (d *Draw) Uniform() float64 { return float64(d.Uint64()>>11) / (1 << 53) }

// Normal has mean 0 and standard deviation 1, and is at most 6: a sum of twelve
// uniform numbers.
func (d *Draw) Normal() float64 {
	sum := uint64(0)
	for range 3 {
		u := d.Uint64()
		sum += u&0xffff + u>>16&0xffff + u>>32&0xffff + u>>48
	}
	return float64(float64(sum)/(1<<16)) + 6.0/(1<<16) - 6
}

// few is up to how many requests each is drawn; more of them are nearly normal.
const few = 32

// poisson is a number with a mean, and so many times a Poisson process' variance.
func (d *Draw) poisson(mean, dispersion float64) float64 {
	if mean > few {
		return max(0, mean+float64(math.Sqrt(mean*dispersion)*d.Normal()))
	}
	n, left := 0.0, d.Uniform()
	for p := portable.Exp(-mean); left >= p && n < 10*few; {
		left -= p
		n++
		p *= mean / n
	}
	return n
}

// Binomial is how many of n come that each do with a probability; they vary so
// many times as much as if each did so on its own.
func (d *Draw) Binomial(n, probability, dispersion float64) float64 {
	if n > few {
		mean := float64(n * probability)
		return min(n, max(0, mean+float64(math.Sqrt(float64(mean*(1-probability))*dispersion)*d.Normal())))
	}
	came := 0.0
	for range int(math.Ceil(n)) {
		if d.Uniform() < probability {
			came++
		}
	}
	return min(n, came)
}
