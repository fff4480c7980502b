package replay

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Plan says which minutes of a long trace are simulated, and which others they represent. The
// idea is that of sampled simulation: where traffic is calm, minutes with the same rate are
// alike once the system has settled, so some of them tell what all of them are like.
//
//   - A minute is calm when none of the minutes before it, back to Settle ago,
//     lies further from their mean than a tenth, or than chance has it. What lies
//     between calm minutes is an episode: a burst, a step, a ramp.
//   - Calm minutes are sorted into strata by rate, in steps of 5 % or more, and by whether
//     the rate rises, falls or neither. In each stratum windows of up to ten
//     minutes are measured, evenly spread over the trace. They stand for the
//     stratum: requests and what comes with them in proportion to its requests,
//     levels in proportion to its minutes.
//   - Episodes that are alike make strata too: in length, requests, busiest minute
//     and the rate before, in steps of a quarter or more. They are measured as a whole.
//     What has too few of its like is simulated as it is, and stands for itself.
//   - Before whatever is simulated the system is given Settle to get there; that
//     is simulated and not counted.
//
// How much the windows of a stratum differ tells the error; see Sampling.
//
// A simulator is given Plan.Source, and its Recorder the plan. Time there runs on
// without the minutes that are left out, so it needs to know nothing of them. One
// whose state outlasts Settle, as the replicas that an autoscaler rests at do,
// follows that state through them instead: see Options.Through, Plan.Stretches
// and Flow.
type Plan struct {
	// Requests of the trace, and those that are simulated. Where the source can
	// only tell what it expects, that is what they are.
	Requests, Simulated float64

	span    int64
	counts  []float64
	exact   bool    // counts are of requests, and not what is to be expected
	calm    []bool  // by minute
	modes   []mode  // by minute
	belongs []int32 // by minute: the stratum, where it is sampled; -1 where not
	windows []window
	strata  int
	real    []int32 // the minute that is simulated n-th
	parts   []*Plan // of the services that are sampled together; none of a service alone
}

// mode is what is done with a minute. From measured on it is the number of a
// window.
type mode int32

const (
	skipped  mode = iota // it is left out
	settling             // simulated, and not counted
	itself               // simulated, and counted for what it is
	measured             // simulated, and counted for its stratum
)

// window is some minutes that are measured together.
type window struct {
	from, to int // minutes
	stratum  int
}

// PlanOptions say how a trace is sampled. The zero PlanOptions are the usual ones.
type PlanOptions struct {
	// Budget is how many requests may be simulated. A plan that cannot do with
	// so few takes more. 0 is UsualBudget.
	Budget float64
	// Settle is how long after a change the system is not yet what it will be:
	// longer than a keep-alive, than an autoscaler's window, than a node takes to
	// come and go. It is whole minutes; 0 is UsualSettle.
	Settle time.Duration
}

const (
	// UsualBudget is what both simulators do in a minute on one core of a usual
	// machine. It is a number of requests, and not a time, so that results do not
	// depend on the machine.
	UsualBudget = 250e6
	// UsualSettle is longer than the HPA's window of 5 minutes, ten minutes until
	// an unneeded node goes, and four until a new one comes.
	UsualSettle = 20 * time.Minute

	minute = int64(time.Minute)
	// windowMinutes is the longest window.
	windowMinutes = 10
	// leastWindows of a stratum are measured, to tell how they differ.
	leastWindows = 4
	// calmPart and calmSigmas bound how far a calm minute is from the mean.
	calmPart   = .1
	calmSigmas = 4.0
	// drift is how much a rate changes while things settle before it rises or falls.
	drift = .02
)

// A Skipper is a source that passes over arrivals faster than by drawing them.
type Skipper interface {
	Source
	// Skip goes on to a time: the next arrival is not before it. It returns how
	// many were passed over, or were to be expected.
	Skip(to int64) float64
}

// An Expecter is a Skipper that tells how many arrivals were to be expected, and
// not how many there were.
type Expecter interface {
	Skipper
	Expects()
}

// Counts are a trace's requests, minute by minute.
type Counts struct {
	Minutes  []float64
	Span     int64 // nanoseconds; the last minute may be cut short
	Expected bool  // it is how many are to be expected, and not how many there are
}

// Total is the number of requests.
func (c Counts) Total() float64 {
	sum := 0.0
	for _, n := range c.Minutes {
		sum += n
	}
	return sum
}

// Until are the counts of a trace that is so long, in nanoseconds: without what is
// beyond, and with what is quiet at its end.
func (c Counts) Until(span int64) Counts {
	minutes := make([]float64, (span+minute-1)/minute)
	copy(minutes, c.Minutes)
	c.Minutes, c.Span = minutes, span
	return c
}

// Quiet is how long the trace goes on after the last minute with a request, in
// nanoseconds.
func (c Counts) Quiet() int64 {
	n := len(c.Minutes)
	for n > 0 && c.Minutes[n-1] == 0 {
		n--
	}
	return max(0, c.Span-int64(n)*minute)
}

// Count reads a trace through. Span is how long it is, where that is known; 0 is
// until its last arrival, or the end of that one's minute where the source can
// skip.
func Count(ctx context.Context, source Source, span int64) (Counts, error) {
	c := Counts{Span: span}
	if skipper, ok := source.(Skipper); ok {
		return skipThrough(ctx, skipper, span)
	}
	last := int64(-1)
	for n := int64(0); ; n++ {
		at, ok := source.Next()
		if !ok || span > 0 && at >= span {
			break
		}
		if n%pollEvery == 0 && ctx.Err() != nil {
			return Counts{}, ctx.Err()
		}
		if at < last {
			return Counts{}, fmt.Errorf("arrival %d at %d ns comes after one at %d ns", n+1, at, last)
		}
		last = at
		for at >= int64(len(c.Minutes))*minute {
			c.Minutes = append(c.Minutes, 0)
		}
		c.Minutes[len(c.Minutes)-1]++
	}
	if c.Span == 0 {
		c.Span = last + 1
	}
	for int64(len(c.Minutes))*minute < c.Span {
		c.Minutes = append(c.Minutes, 0)
	}
	return c, source.Err()
}

// skipThrough is Count by skipping from minute to minute.
func skipThrough(ctx context.Context, source Skipper, span int64) (Counts, error) {
	c := Counts{Span: span}
	_, c.Expected = source.(Expecter)
	end := span
	if end == 0 {
		end = math.MaxInt64
	}
	for at := int64(0); at < end && ctx.Err() == nil; {
		to := end
		if end-at > minute-at%minute {
			to = at + minute - at%minute
		}
		n := source.Skip(to)
		for int64(len(c.Minutes))*minute < to {
			c.Minutes = append(c.Minutes, 0)
		}
		c.Minutes[(to-1)/minute] += n
		if at = to; n > 0 || span > 0 {
			continue
		}
		// Is it the end?
		next, ok := source.Next()
		if !ok {
			break
		}
		for int64(len(c.Minutes))*minute <= next {
			c.Minutes = append(c.Minutes, 0)
		}
		c.Minutes[next/minute]++
		at = next
	}
	if err := cmp.Or(source.Err(), ctx.Err()); err != nil {
		return Counts{}, err
	}
	if span == 0 {
		for len(c.Minutes) > 0 && c.Minutes[len(c.Minutes)-1] == 0 {
			c.Minutes = c.Minutes[:len(c.Minutes)-1]
		}
		c.Span = int64(len(c.Minutes)) * minute
	}
	return c, nil
}

// NewPlan plans how a trace is sampled. It is nil when the trace fits into the
// budget, or when nothing can be left out: such a trace is simulated as it is.
func NewPlan(counts Counts, options PlanOptions) *Plan {
	return bestPlan([]Counts{counts}, counts, options)
}

// bestPlan is NewPlan for several services, whose requests all together are the counts.
func bestPlan(services []Counts, counts Counts, options PlanOptions) *Plan {
	budget, settle := options.Budget, int((options.Settle+time.Minute-1)/time.Minute)
	if budget <= 0 {
		budget = UsualBudget
	}
	if settle <= 0 {
		settle = int(UsualSettle / time.Minute)
	}
	total := counts.Total()
	if total <= budget {
		return nil
	}
	var best *Plan
	// Steps of 5 % from one stratum's rate to the next and of a quarter among
	// episodes, and larger ones where so many strata need too much.
	for _, steps := range [][2]float64{{1.05, 1.25}, {1.1, 1.5}, {1.2, 2}} {
		candidates, calm, strata := stratify(services, counts, settle, steps[0], steps[1])
		// Half of the windows, and half of those, until the budget is kept.
		for share := .5; share > 1e-4; share /= 2 {
			plan := newPlan(counts, settle, candidates, strata, share)
			plan.calm = calm
			if best == nil || plan.Simulated < .8*best.Simulated {
				best = plan
			}
			if best.Simulated <= budget {
				return best
			}
		}
	}
	if best.Simulated > .9*total {
		return nil
	}
	return best
}

// newPlan measures a share of the windows of each stratum.
func newPlan(counts Counts, settle int, candidates []window, strata int, share float64) *Plan {
	p := &Plan{
		Requests: counts.Total(), span: counts.Span, counts: counts.Minutes, exact: !counts.Expected,
		modes: make([]mode, len(counts.Minutes)), belongs: make([]int32, len(counts.Minutes)),
	}
	for i := range p.modes {
		p.modes[i], p.belongs[i] = itself, -1
	}
	byStratum := make([][]window, strata)
	for _, w := range candidates {
		byStratum[w.stratum] = append(byStratum[w.stratum], w)
	}
	for _, windows := range byStratum {
		take := max(leastWindows, int(math.Ceil(share*float64(len(windows)))))
		if take*2 > len(windows) {
			continue // it is hardly less than all of them
		}
		for _, w := range windows {
			for i := w.from; i < w.to; i++ {
				p.modes[i], p.belongs[i] = skipped, int32(p.strata)
			}
		}
		for k := range take {
			w := windows[(2*k+1)*len(windows)/(2*take)]
			w.stratum = p.strata
			p.windows = append(p.windows, w)
		}
		p.strata++
	}
	slices.SortFunc(p.windows, func(a, b window) int { return cmp.Compare(a.from, b.from) })
	for n, w := range p.windows {
		for i := w.from; i < w.to; i++ {
			p.modes[i] = measured + mode(n)
		}
	}
	p.settle(settle)
	for i, m := range p.modes {
		if m != skipped {
			p.real = append(p.real, int32(i))
			p.Simulated += p.counts[i]
		}
	}
	return p
}

// settle lets the system settle before what is counted.
func (p *Plan) settle(minutes int) {
	left := 0
	for i := len(p.modes) - 1; i >= 0; i-- {
		switch {
		case p.modes[i] >= itself:
			left = minutes
		case left > 0:
			p.modes[i] = settling
			left--
		}
	}
}

// Stretch is a part of a trace, in nanoseconds.
type Stretch struct{ From, To int64 }

// Stretches are the parts of the trace that are counted, each with what comes
// before it for so long to settle, where that is simulated.
func (p *Plan) Stretches(settle time.Duration) []Stretch {
	var list []Stretch
	left := 0
	for i := len(p.modes) - 1; i >= 0; i-- {
		switch {
		case p.modes[i] >= itself:
			left = int((settle + time.Minute - 1) / time.Minute)
		case p.modes[i] == settling && left > 0:
			left--
		default:
			continue
		}
		from := int64(i) * minute
		if last := len(list) - 1; last >= 0 && list[last].From == from+minute {
			list[last].From = from
		} else {
			list = append(list, Stretch{from, min(from+minute, p.span)})
		}
	}
	slices.Reverse(list)
	return list
}

// End is how long the simulated part is.
func (p *Plan) End() int64 {
	end := int64(len(p.real)) * minute
	if last := int64(len(p.modes)); p.modes[last-1] != skipped {
		end -= last*minute - p.span
	}
	return end
}

// Trace is the time in the trace that a time in the simulated part is.
func (p *Plan) Trace(at int64) int64 {
	n := at / minute
	if n >= int64(len(p.real)) {
		return p.span
	}
	return min(p.span, int64(p.real[n])*minute+at%minute)
}

// Source gives the arrivals of what is simulated, without gaps where something
// is left out.
func (p *Plan) Source(source Source) Source {
	s := &sampled{plan: p, source: source}
	s.skipper, _ = source.(Skipper)
	s.enter(0)
	return s
}

type sampled struct {
	plan     *Plan
	source   Source
	skipper  Skipper
	from, to int64 // the stretch that is simulated
	shift    int64 // what was left out before it
}

// enter finds the stretch that is simulated first, from a minute on.
func (s *sampled) enter(first int) {
	modes := s.plan.modes
	for first < len(modes) && modes[first] == skipped {
		first++
	}
	end := first
	for end < len(modes) && modes[end] != skipped {
		end++
	}
	s.shift += int64(first)*minute - s.to
	s.from, s.to = int64(first)*minute, int64(end)*minute
}

func (s *sampled) Next() (int64, bool) {
	at, ok := s.source.Next()
	if ok && at >= s.from && at < s.to {
		return at - s.shift, true
	}
	return s.seek(at, ok)
}

// seek goes on to an arrival that is simulated, from one that is not.
func (s *sampled) seek(at int64, ok bool) (int64, bool) {
	for ok {
		for at >= s.to && s.from < s.to {
			s.enter(int(s.to / minute))
		}
		if s.from == s.to {
			return 0, false
		}
		if at >= s.from {
			return at - s.shift, true
		}
		if s.skipper != nil {
			s.skipper.Skip(s.from)
		}
		at, ok = s.source.Next()
	}
	return 0, false
}

func (s *sampled) Err() error { return s.source.Err() }
