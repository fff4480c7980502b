package replay

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/spec"
)

// Host is what several services run on together: an account's functions, or a cluster's
// Deployments.
type Host interface {
	// Reach goes through what a plan leaves out before a time; false where that is left out itself.
	Reach(at int64) bool
	// Until handles the events of all services up to a time, in order.
	Until(at int64)
	// End handles the events before the end of a run that ends at a time.
	End(at int64)
	// Next is when the next event is.
	Next() int64
	// Arrive hands a service the request that its loop is at.
	Arrive(service int, loop *Loop)
	// Busy reports whether some request was not answered yet.
	Busy() bool
}

// RunTogether hands a host the requests of several services, each with a loop, in the order in
// which they come, until all traces or the run end. It returns when that was, and whether the
// run was stopped before.
func RunTogether(host Host, loops []*Loop) (at int64, partial bool, err error) {
	left := make([]*Loop, len(loops)) // nil is a loop at its end
	for i, loop := range loops {
		if loop.Next() {
			left[i] = loop
		}
	}
	for {
		first := -1
		for i, loop := range left {
			if loop != nil && (first < 0 || loop.At < left[first].At) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		loop := left[first]
		at = loop.At
		if host.Reach(at) {
			host.Until(at)
			host.Arrive(first, loop)
		}
		if loop.Next() {
			continue
		}
		left[first] = nil
		if err := loop.Err(); err != nil {
			return 0, false, err
		}
		if loop.Partial {
			return at, true, nil
		}
	}
	for _, loop := range loops { // those without a request have not been asked yet
		if err := loop.Err(); err != nil {
			return 0, false, err
		}
		if loop.Partial {
			return at, true, nil
		}
	}
	if len(loops) > 0 && loops[0].Limited() {
		at = loops[0].End
		host.End(at)
		return at, false, nil
	}
	for host.Busy() {
		at = host.Next()
		host.Until(at)
	}
	return at, false, nil
}

// Sum is the levels of several recorders together, at each moment: the most that all services
// have at once is less than what each has at most.
type Sum struct {
	total *Recorder
	parts []*Recorder
	last  [][Gauges]int64
}

// NewSum follows some recorders from time 0.
func NewSum(options Options, parts []*Recorder) *Sum {
	if options.Plan != nil {
		options.Plan = options.Plan.levels()
	}
	s := &Sum{total: NewRecorder(options), parts: parts, last: make([][Gauges]int64, len(parts))}
	for i := range parts {
		s.Follow(0, i)
	}
	return s
}

// Follow takes in what changed in a recorder at a time.
func (s *Sum) Follow(at int64, part int) {
	s.total.To(at)
	last := &s.last[part]
	for g := range s.parts[part].gauges {
		level := s.parts[part].gauges[g].level
		if level == last[g] || Gauge(g) == Oldest { // ages do not add up
			continue
		}
		s.total.Set(Gauge(g), s.total.Level(Gauge(g))+level-last[g])
		last[g] = level
	}
}

// Set sets a level that no recorder has for itself, such as the nodes of a cluster.
func (s *Sum) Set(at int64, g Gauge, level int64) {
	if s.total.Level(g) != level {
		s.total.To(at)
		s.total.Set(g, level)
	}
}

// Result is the services together at the end of a run. Latencies are those of requests:
// messages take another kind of time. It has no series.
func (s *Sum) Result(target spec.Target, at int64, options Options, parts []Result) Result {
	r := s.total.Result(target, at, options)
	r.Series = nil
	latency, waits := hdrhistogram.New(lowestLatency, highestLatency, latencyDigits), hdrhistogram.New(lowestLatency, highestLatency, latencyDigits)
	sums := [2]float64{}
	for i := range parts {
		p := &parts[i]
		r.Requests += p.Requests
		r.InFlight += p.InFlight
		r.Partial = r.Partial || p.Partial
		for o, n := range p.Outcomes {
			r.Outcomes[o] += n
		}
		for m, n := range p.Meters {
			r.Meters[m] += n
		}
		if p.Messages == nil {
			latency.Merge(p.Latency.Histogram)
			waits.Merge(p.Waits.Histogram)
			sums[0] += float64(p.Meters[LatencyNanoseconds])
			sums[1] += float64(p.Meters[QueuedNanoseconds])
		}
	}
	r.Latency, r.Waits = Summarize(latency, sums[0]), Summarize(waits, sums[1])
	if r.Sampling != nil {
		s.errors(&r, parts)
	}
	return r
}

// errors says how much of the services was simulated, and fills in the standard errors of what
// they add up to. In a window, all of them may be off in the same direction, so that is added up
// first. Levels have their own.
func (s *Sum) errors(r *Result, parts []Result) {
	to := r.Sampling
	simulated := float64(0)
	for i := range parts {
		simulated += float64(parts[i].Sampling.Simulated)
	}
	to.Simulated, to.Share = round(simulated), covered(simulated, float64(r.Requests))
	values := valuesOf(r.Latency.Histogram)
	var all []miss
	for _, part := range s.parts {
		misses := part.sampling.misses(values)
		if all == nil {
			all = make([]miss, len(misses))
		}
		for k := range misses {
			all[k].add(&misses[k])
		}
	}
	var meters [Meters]float64
	for i, n := range r.Meters {
		meters[i] = float64(n)
	}
	gauges := to.Gauges
	s.total.sampling.standard(to, all, &totals{meters: meters}, r.Latency.Histogram)
	to.Gauges = gauges
}
