package cost

import (
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
)

// coldStarts estimates how many environments start in a month at a mean rate
// of requests a second, each busy for a time, where an idle environment lives
// for keepAlive. It is an estimate in closed form; a simulation finds more.
//
// Take the environments in the order in which they are tried. With Poisson
// arrivals, offered load a = rate x busy, the k-th is asked for at the rate
// that the ones before it overflow: r_k = rate x B(k-1, a), Erlang's B. It
// starts anew when nothing came for keepAlive, so r_k exp(-r_k keepAlive)
// times a second, and is alive for the part 1 - exp(-r_k keepAlive) of the
// time. At low rates that is exp(-rate x keepAlive) + a for each request.
//
// When traffic rises from one segment of its cycle to the next, the
// environments that are alive in the one and not yet in the other start too.
//
// Provisioned environments are tried first and are always there: what starts
// are those after them, for the requests that find them all busy. Far above
// the load that is too many, up to twice what a simulation finds: what spills
// over so far comes in clusters.
func coldStarts(profile demand.Profile, rate float64, busy, keepAlive time.Duration, provisioned int) float64 {
	segments := profile.Coarse(maxSegments)
	var steady, reached [maxSegments]float64
	cycle := 0.0
	for i, s := range segments {
		cycle += s.Length.Seconds()
		// A day has each rate twice.
		if twin := slices.Index(segments[:i], s); twin >= 0 {
			steady[i], reached[i] = steady[twin], reached[twin]
			continue
		}
		within := min(s.Length, keepAlive)
		steady[i], reached[i] = environments(rate*s.Factor, busy.Seconds(), keepAlive.Seconds(), within.Seconds(), provisioned)
	}
	alive, starts := 0.0, 0.0
	for range 2 { // the first round finds what is alive where the cycle begins
		starts = 0
		for i, s := range segments {
			length := s.Length.Seconds()
			begun := float64(steady[i]*length) + max(0, reached[i]-alive)
			starts += min(begun, rate*s.Factor*length) // no more than there are requests
			if s.Length < keepAlive {
				alive = max(alive, reached[i])
			} else {
				alive = reached[i]
			}
		}
	}
	// A millionth of a start: exponentials may differ in their last digit from
	// machine to machine, reports must not.
	return math.Round(starts*demand.SecondsPerMonth/cycle*1e6) / 1e6
}

// Environments is how many environments there are in steady traffic at a rate of requests
// a second, beside those that are provisioned: the busy ones, and the idle ones that
// keepAlive has kept.
func Environments(rate float64, busy, keepAlive time.Duration, provisioned int) float64 {
	_, reached := environments(rate, busy.Seconds(), keepAlive.Seconds(), keepAlive.Seconds(), provisioned)
	return reached
}

// maxSegments bounds the segments that coldStarts looks at.
const maxSegments = 64

// summed is the offered load up to which environments are summed up one by
// one; above, the sum is taken as an integral.
const summed = 8

// always is where exp(-x) is nothing beside 1.
const always = 40

// environments is how many environments start anew a second in steady traffic,
// and how many distinct ones are reached within a time, both beside those that
// are provisioned.
func environments(rate, busy, keepAlive, within float64, provisioned int) (starts, reached float64) {
	if rate <= 0 {
		return 0, 0
	}
	load := rate * busy
	ready := float64(provisioned)
	if load <= summed {
		return sumEnvironments(rate, load, keepAlive, within, ready, 0, 1)
	}
	if ready < load-float64(far*math.Sqrt(load)) { // they are never idle, as nothing would be in their place
		starts, reached = manyEnvironments(rate, load, keepAlive, within)
		return starts, max(0, reached-ready)
	}
	// What comes before the mean is busy at almost all times, and starts nothing.
	from := max(ready, math.Ceil(load))
	starts, reached = sumEnvironments(rate, load, keepAlive, within, ready, from, erlangB(from, load))
	return starts, reached + from - ready
}

// far is how many deviations below its mean a load hardly ever falls.
const far = 6

// sumEnvironments sums up the environments after the first few, those that are
// ready left out; blocking is B(first, load).
func sumEnvironments(rate, load, keepAlive, within, ready, first, blocking float64) (starts, reached float64) {
	for k := first + 1; ; k++ {
		asked := rate * blocking
		if asked*keepAlive < 1e-6 {
			return starts, reached
		}
		if k > ready {
			if asked*keepAlive < always {
				starts += float64(asked * math.Exp(-asked*keepAlive))
			}
			if asked*within < always {
				reached -= math.Expm1(-asked * within)
			} else {
				reached++
			}
		}
		blocking = load * blocking / (k + float64(load*blocking))
	}
}

// erlangB is B(n, a) for an n of at least a large load a: what Poisson's
// distribution has at n, by what it has up to there, the latter as a normal
// distribution has it.
func erlangB(n, load float64) float64 {
	factorial, _ := math.Lgamma(n + 1)
	at := math.Exp(float64(n*math.Log(load)) - load - factorial)
	return at / (.5 * math.Erfc(-(n+.5-load)/math.Sqrt(2*load)))
}

// manyEnvironments is environments for a large load a, where Erlang's B at a +
// x sqrt(a) is about phi(x) / sqrt(a): the environment that is asked for once
// in a keepAlive lies at the x where that, times rate x keepAlive, is 1. Around
// it r_k falls by ln(1 + x / sqrt(a)) from one to the next, so that the sum of
// r exp(-r keepAlive) is the inverse of keepAlive times that. The two
// corrections were fitted to the sum; the starts are within 4 % of it, the environments within 2 %.
func manyEnvironments(rate, load, keepAlive, within float64) (starts, reached float64) {
	root := math.Sqrt(load)
	at := func(window float64) float64 {
		return math.Sqrt(2 * math.Log(max(rate*window/math.Sqrt(2*math.Pi*load), math.E)))
	}
	x := at(keepAlive)
	starts = 1 / (keepAlive * math.Log1p(x/root) * (1 + .5/root))
	y := at(within)
	return starts, load + float64(y*root) + 2 + .58/math.Log1p(y/root)
}
