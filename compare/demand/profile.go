package demand

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"ambi/internal/problem"
	"ambi/spec"
)

// Segment is a stretch of a cycle with one rate.
type Segment struct {
	Length time.Duration
	Factor float64 // the rate, as a multiple of the mean
}

// Level is a rate and the share of the time at which traffic has it.
type Level struct {
	Factor float64 // the rate, as a multiple of the mean
	Share  float64 // of the time, from 0 to 1
}

// Profile is how a rate changes over time: a cycle of segments whose mean
// factor is 1. The zero Profile is unknown.
type Profile struct {
	segments []Segment
	peak     float64
	kept     *kept // what Held and Coarse have computed, shared by all copies
	// Assumed lists the defaults used for the shape, for reports.
	Assumed []string
}

// Known reports whether the profile is known.
func (p Profile) Known() bool { return len(p.segments) > 0 }

// Peak is the largest factor: the peak-to-mean ratio.
func (p Profile) Peak() float64 { return p.peak }

// Segments is the cycle. The last is followed by the first.
func (p Profile) Segments() []Segment { return p.segments }

// Cycle is how long one cycle takes.
func (p Profile) Cycle() time.Duration {
	var total time.Duration
	for _, s := range p.segments {
		total += s.Length
	}
	return total
}

// Defaults of the shapes. They are round numbers, not measurements, and stand
// in every report; a team that knows its peak gives it.
const (
	diurnalPeak  = 2
	burstyPeak   = 8
	sporadicPeak = 50
	defaultBurst = 5 * time.Minute
)

// shaped is the profile of a named shape.
//
//   - steady: one rate.
//   - diurnal: 24 hours, highest in one and lowest twelve hours later. Up to a
//     peak of 2 it is 1 + (peak - 1) cos; above, ((1 + cos) / 2)^n with the n
//     that gives the peak, so that nights grow empty instead of negative.
//   - bursty: half of the requests come in bursts at the peak rate, half evenly
//     between them.
//   - sporadic: all come in bursts, and nothing between them.
func shaped(u Usage) (Profile, error) {
	var p Profile
	assume := func(name string, value any) {
		p.Assumed = append(p.Assumed, fmt.Sprintf("%s of %v for %s traffic", name, value, u.Shape))
	}
	peakOr := func(usual float64) float64 {
		if !u.PeakToMean.IsKnown() {
			assume("a peak-to-mean ratio", usual)
		}
		return u.PeakToMean.Or(usual)
	}
	burstOr := func(usual time.Duration) time.Duration {
		if !u.Burst.IsKnown() {
			assume("bursts", "5 minutes")
		}
		return u.Burst.Or(usual)
	}
	fail := func(format string, args ...any) (Profile, error) {
		return Profile{}, problem.Field(string(PeakToMean), format, args...)
	}
	switch u.Shape {
	case spec.Steady:
		if p.peak = u.PeakToMean.Or(1); p.peak != 1 {
			return fail("must be 1 for steady traffic, got %v", p.peak)
		}
		p.segments = []Segment{{time.Hour, 1}}
	case spec.Diurnal:
		if p.peak = peakOr(diurnalPeak); !(p.peak >= 1 && p.peak <= spec.MaxDiurnalPeak) {
			return fail("must be 1 to %d for diurnal traffic, got %v: a higher peak is a burst", spec.MaxDiurnalPeak, p.peak)
		}
		p.segments = diurnal(p.peak)
	case spec.Bursty, spec.Sporadic:
		usual, share := float64(burstyPeak), spec.ShareInBursts(u.Shape)
		if u.Shape == spec.Sporadic {
			usual = sporadicPeak
		}
		if p.peak = peakOr(usual); !(p.peak >= 1 && p.peak <= 1e5) {
			return fail("must be 1 to 100000, got %v", p.peak)
		}
		burst := burstOr(defaultBurst)
		if burst < spec.MinBurst.Std() || burst > spec.MaxBurst.Std() {
			return Profile{}, problem.Field(string(Burst), "must be %s to %s, got %s", spec.MinBurst, spec.MaxBurst, spec.Duration(burst))
		}
		if cycle := float64(burst) * p.peak / share; cycle > float64(spec.MaxCycle) {
			return Profile{}, problem.Field(string(Burst), "must recur within ten years, got %s every %.0f years, at %v times the mean rate",
				spec.Duration(burst), cycle/float64(8760*time.Hour), p.peak)
		}
		p.segments = bursts(p.peak, share, burst)
	default:
		return Profile{}, problem.Field(string(Shape), "must be steady, diurnal, bursty or sporadic, got %q", u.Shape)
	}
	return p, nil
}

// diurnal is a day of 24 hours whose factors have a mean of 1.
func diurnal(peak float64) []Segment {
	day := make([]Segment, 24)
	wave := func(hour int) float64 { return math.Cos(2 * math.Pi * float64(hour) / 24) }
	if peak <= 2 {
		for h := range day {
			day[h] = Segment{time.Hour, micro(1 + float64((peak-1)*wave(h)))}
		}
		return day
	}
	weights := func(n float64) (w [24]float64, sum float64) {
		for h := range w {
			w[h] = math.Pow((1+wave(h))/2, n)
			sum += w[h]
		}
		return w, sum
	}
	low, high := 1.0, 256.0
	for range 60 {
		if _, sum := weights((low + high) / 2); 24/sum < peak {
			low = (low + high) / 2
		} else {
			high = (low + high) / 2
		}
	}
	w, sum := weights(low)
	for h := range day {
		day[h] = Segment{time.Hour, micro(24 * w[h] / sum)}
	}
	return day
}

// micro rounds to a millionth: cosines and powers may differ in their last
// digit from machine to machine, reports must not.
func micro(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// bursts is a cycle of one burst and what lies between two, if anything does.
func bursts(peak, share float64, burst time.Duration) []Segment {
	busy := share / peak // of the time
	if busy >= 1 {
		return []Segment{{burst, 1}}
	}
	quiet := time.Duration(math.Round(float64(burst) * (1/busy - 1)))
	return []Segment{{burst, peak}, {quiet, (1 - share) / (1 - busy)}}
}

// fromMinutes is the profile of counts a minute.
func fromMinutes(minutes []float64, total float64) Profile {
	mean := total / float64(len(minutes))
	p := Profile{}
	for _, count := range minutes {
		factor := count / mean
		p.peak = max(p.peak, factor)
		if last := len(p.segments) - 1; last >= 0 && p.segments[last].Factor == factor {
			p.segments[last].Length += time.Minute
			continue
		}
		p.segments = append(p.segments, Segment{time.Minute, factor})
	}
	return p
}

// Levels is the profile without its order: each rate with its share of the
// time, ascending, at most MaxLevels of them.
func (p Profile) Levels() []Level { return p.Held(0) }

// Held is the profile of capacity that stays for a while: at each moment, the highest rate
// within the time before. Nodes and replicas follow traffic like this: up at once, down after a
// delay. The levels are kept for the next call, and must not be changed.
func (p Profile) Held(hold time.Duration) []Level {
	if p.kept == nil {
		return p.hold(hold)
	}
	return once(p.kept, p.kept.held, hold, p.hold)
}

// kept is what was worked out of a profile: a comparison asks for the same hundreds of times.
type kept struct {
	mutex  sync.Mutex
	held   map[time.Duration][]Level
	coarse map[int][]Segment
}

// once works a value out when it is first asked for.
func once[K comparable, V any](k *kept, values map[K]V, key K, work func(K) V) V {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	value, ok := values[key]
	if !ok {
		value = work(key)
		values[key] = value
	}
	return value
}

// keeping is the profile with a place for what is worked out.
func (p Profile) keeping() Profile {
	p.kept = &kept{held: map[time.Duration][]Level{}, coarse: map[int][]Segment{}}
	return p
}

func (p Profile) hold(hold time.Duration) []Level {
	n := len(p.segments)
	higher, start := p.higher()
	cycle := start[n]
	hold = min(hold, cycle)
	var levels []Level
	for i, segment := range p.segments {
		highest, until := segment.Factor, segment.Length // of what is left of the segment, from its end backwards
		for j := i + n; higher[j%n] > 0; {
			j -= higher[j%n]
			gap := start[i] - start[(j+1)%n] // between the two segments
			if j+1 < n {
				gap += cycle
			}
			if gap >= hold {
				break
			}
			// The segment before still counts in the first hold - gap of this one.
			reach := min(hold-gap, until)
			levels = append(levels, Level{highest, share(until-reach, cycle)})
			highest, until = p.segments[j%n].Factor, reach
		}
		levels = append(levels, Level{highest, share(until, cycle)})
	}
	return merge(levels)
}

// higher is for each segment how many segments before it the last one with a higher
// rate is, 0 for the highest; and when each starts, and the cycle ends.
func (p Profile) higher() (back []int, start []time.Duration) {
	n := len(p.segments)
	back, start = make([]int, n), make([]time.Duration, n+1)
	var open []int // segments that none after them is as high as, descending
	for i := range 2 * n {
		segment := p.segments[i%n]
		for len(open) > 0 && p.segments[open[len(open)-1]%n].Factor <= segment.Factor {
			open = open[:len(open)-1]
		}
		if i < n {
			start[i+1] = start[i] + segment.Length
		} else if len(open) > 0 {
			back[i-n] = i - open[len(open)-1]
		}
		open = append(open, i)
	}
	return back, start
}

func share(d, cycle time.Duration) float64 { return float64(d) / float64(cycle) }

// MaxLevels bounds the levels of a profile. More are put together in groups
// of equal time, each at its mean, which keeps the profile's mean.
const MaxLevels = 64

// merge sorts levels, puts equal ones together and bounds their number.
func merge(levels []Level) []Level {
	slices.SortFunc(levels, func(a, b Level) int { return cmp.Compare(a.Factor, b.Factor) })
	merged := levels[:0]
	for _, l := range levels {
		if l.Share == 0 {
			continue
		}
		if last := len(merged) - 1; last >= 0 && merged[last].Factor == l.Factor {
			merged[last].Share += l.Share
			continue
		}
		merged = append(merged, l)
	}
	if len(merged) <= MaxLevels {
		return merged
	}
	cuts := make([]float64, MaxLevels)
	for i := range cuts {
		cuts[i] = 1.0 / MaxLevels
	}
	groups := make([]Level, MaxLevels)
	for i, factor := range means(merged, cuts) {
		groups[i] = Level{factor, cuts[i]}
	}
	return groups
}

// means is the mean factor of ascending levels over each of some stretches of
// time, from the quietest on.
func means(levels []Level, stretches []float64) []float64 {
	out := make([]float64, len(stretches))
	i, left := 0, levels[0].Share
	for s, stretch := range stretches {
		rest := stretch
		for rest > 0 {
			if left <= 0 && i+1 < len(levels) {
				i++
				left = levels[i].Share
			}
			part := rest
			if i+1 < len(levels) {
				part = min(rest, left)
			}
			out[s] += float64(levels[i].Factor * part)
			rest -= part
			left -= part
		}
		out[s] /= stretch
	}
	return out
}

// Join puts several services' levels on one time axis: the moments at which
// each has its highest rate coincide, and so on down. That is how an app's
// services usually move, and the dearest way in which they can share nodes.
// It returns the shares of the time, ascending in load, and for each of them
// each service's factor.
func Join(services [][]Level) (shares []float64, factors [][]float64) {
	var cuts []float64
	for _, levels := range services {
		at := 0.0
		for _, l := range levels {
			at += l.Share
			cuts = append(cuts, at)
		}
	}
	slices.Sort(cuts)
	const close = 1e-9 // shares add up to 1 but for rounding
	previous := 0.0
	for _, cut := range cuts {
		if cut-previous > close && cut < 1-close {
			shares = append(shares, cut-previous)
			previous = cut
		}
	}
	shares = append(shares, 1-previous)
	if len(shares) > MaxLevels {
		shares = make([]float64, MaxLevels)
		for i := range shares {
			shares[i] = 1.0 / MaxLevels
		}
	}
	factors = make([][]float64, len(shares))
	for i := range factors {
		factors[i] = make([]float64, len(services))
	}
	for s, levels := range services {
		for i, factor := range means(levels, shares) {
			factors[i][s] = factor
		}
	}
	return shares, factors
}

// Coarse is the cycle in at most n segments of about equal length, each with
// its mean factor; a cycle that has no more is returned as it is. It is kept for the next
// call, and must not be changed.
func (p Profile) Coarse(n int) []Segment {
	switch {
	case len(p.segments) <= n:
		return p.segments
	case p.kept == nil:
		return p.coarse(n)
	}
	return once(p.kept, p.kept.coarse, n, p.coarse)
}

func (p Profile) coarse(n int) []Segment {
	var coarse []Segment
	target := p.Cycle() / time.Duration(n)
	var length time.Duration
	weight := 0.0
	for i, s := range p.segments {
		length += s.Length
		weight += float64(s.Factor * float64(s.Length))
		if length >= target && len(coarse) < n-1 || i == len(p.segments)-1 {
			coarse = append(coarse, Segment{length, weight / float64(length)})
			length, weight = 0, 0
		}
	}
	return coarse
}
