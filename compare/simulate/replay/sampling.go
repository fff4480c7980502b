package replay

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/internal/portable"
)

// Sampling says how much of a trace was simulated, and what that means for the
// figures.
type Sampling struct {
	Simulated int64   `json:"simulated"` // requests
	Share     float64 `json:"share"`     // of the trace's requests
	Windows   int     `json:"windows"`   // that stand for others
	Strata    int     `json:"strata"`    // kinds of minutes that they stand for
	// Followed says that the simulator went through the whole trace with replicas
	// and nodes, and only requests were sampled; see Options.Through.
	Followed bool `json:"followed"`
	// Standard errors, as parts of the figures, from how much the windows of a
	// stratum differ: two of them to either side are a 95 % interval. They do not
	// know of a bias, such as of things that take longer than Settle. What was
	// followed has none.
	Meters MeterErrors `json:"meterErrors"`
	Gauges GaugeErrors `json:"gaugeErrors"`
	P50    float64     `json:"p50Error"`
	P99    float64     `json:"p99Error"`
	P999   float64     `json:"p999Error"`
}

// Standard errors of meters and gauges. In JSON they are objects, in the
// constants' order.
type (
	MeterErrors [Meters]float64
	GaugeErrors [Gauges]float64
)

// MarshalJSON writes an object.
func (e MeterErrors) MarshalJSON() ([]byte, error) {
	return object(e[:], func(i int) string {
		if e[i] == 0 && Meter(i).optional() {
			return ""
		}
		return Meter(i).Name()
	})
}

// MarshalJSON writes an object.
func (e GaugeErrors) MarshalJSON() ([]byte, error) {
	return object(e[:], func(i int) string { return Gauge(i).Name() })
}

// sampling is what a Recorder keeps of a plan.
type sampling struct {
	plan      *Plan
	through   bool
	n         int    // minutes that were closed
	followed  totals // what is followed through the minutes that do not stand for themselves
	simulated float64
	windows   []measurement
	groups    []group
	index     map[kind]int32
	of        []int32 // by minute: the group that it is of; none where it has no stratum or was not reached
	// What the open minute's latencies go to.
	exactLatency, exactWaits *hdrhistogram.Histogram
	nowhere                  *hdrhistogram.Histogram
}

// measurement is what was measured of a window.
type measurement struct {
	totals
	latency sketch
}

// kind tells groups apart. Minutes of the same rate may find the system in
// different states, and for hours; where those are followed, each is a group of its
// own, and what was measured in it stands for the minutes that began in it. (That is
// poststratification, see Cochran, Sampling Techniques, 3rd edition, section 5A.9.)
type kind struct{ stratum, ready, nodes int32 }

// group is what was measured of minutes that are alike, and what it stands for.
type group struct {
	kind
	latency, waits    *hdrhistogram.Histogram // nil where nothing was measured
	sketch            sketch
	sum               totals
	minutes, requests float64 // it stands for
}

const (
	// sampledDigits of a stratum's latencies are enough, and save memory.
	sampledDigits = 2
	// sampledCell is then how wide a histogram's cell is at most, as a part of the
	// value: 128 of them are an octave.
	sampledCell = 1.0 / 128
)

func newSampling(options Options, latency, waits *hdrhistogram.Histogram) *sampling {
	plan := options.Plan
	s := &sampling{
		plan: plan, through: options.Through, windows: make([]measurement, len(plan.windows)),
		index: map[kind]int32{}, of: make([]int32, len(plan.modes)),
		exactLatency: latency, exactWaits: waits, nowhere: hdrhistogram.New(lowestLatency, highestLatency, 1),
	}
	for i := range s.of {
		s.of[i] = none
	}
	return s
}

const none = -1

// group is the one of a kind, as a number.
func (s *sampling) group(k kind) int32 {
	c, known := s.index[k]
	if !known {
		c = int32(len(s.groups))
		s.index[k] = c
		s.groups = append(s.groups, group{kind: k})
	}
	return c
}

// open is the group in which something is measured.
func (s *sampling) open(c int32) *group {
	x := &s.groups[c]
	if x.latency == nil {
		x.latency = hdrhistogram.New(lowestLatency, highestLatency, sampledDigits)
		x.waits = hdrhistogram.New(lowestLatency, highestLatency, sampledDigits)
	}
	return x
}

// about is a number in steps of a tenth: of many replicas one more does not matter.
func about(n int64) int32 {
	const step = 1.1
	return int32(portable.Ln(float64(n)+1) / portable.Ln(step))
}

// minute is the n-th minute that is gone through; false after the last.
func (s *sampling) minute(n int) (int, bool) {
	switch {
	case s.through:
		return n, n < len(s.plan.modes)
	case n < len(s.plan.real):
		return int(s.plan.real[n]), true
	}
	return 0, false
}

// sample adds the open bucket, a minute, to where it belongs, and finds where
// the next one's latencies go.
func (r *Recorder) sample() {
	s, b := r.sampling, &r.bucket
	p := s.plan
	if i, ok := s.minute(s.n); ok {
		s.simulated += float64(b.arrived)
		b.start = int64(i) * minute
		mode := p.modes[i]
		switch {
		case mode >= measured:
			w, c := &s.windows[mode-measured], s.open(s.of[i])
			w.add(b)
			c.sum.add(b)
			for i, n := range b.latency {
				w.latency[i] += n
				c.sketch[i] += n
			}
			r.series.put(b)
		case mode == itself:
			r.total.add(b)
			r.series.put(b)
		}
		if s.through && mode != itself {
			followed := bucket{start: b.start}
			followed.follow(b)
			s.followed.add(&followed)
			if mode < itself {
				r.series.put(&followed)
			}
		}
	}
	s.n++
	r.latency, r.waits = s.nowhere, s.nowhere
	if i, ok := s.minute(s.n); ok {
		if p.belongs[i] != none {
			k := kind{stratum: p.belongs[i]}
			if s.through {
				k.ready, k.nodes = about(r.gauges[Ready].level), about(r.gauges[Nodes].level)
			}
			s.of[i] = s.group(k)
		}
		switch mode := p.modes[i]; {
		case mode >= measured:
			c := s.open(s.of[i])
			r.latency, r.waits = c.latency, c.waits
		case mode == itself:
			r.latency, r.waits = s.exactLatency, s.exactWaits
		}
	}
}

// follow takes of another bucket what is followed through every minute.
func (b *bucket) follow(other *bucket) {
	for g := range b.areas {
		if Gauge(g).Followed() {
			b.areas[g], b.peaks[g] = other.areas[g], other.peaks[g]
		}
	}
	for m := range b.meters {
		if Meter(m).Followed() {
			b.meters[m] = other.meters[m]
		}
	}
}

// extrapolate lets what was measured stand for what was not, up to a time in
// the trace, and says with what error.
func (r *Recorder) extrapolate(until int64) *Sampling {
	s := r.sampling
	p := s.plan
	r.latency, r.waits = s.exactLatency, s.exactWaits
	s.weigh(until)
	for i := range s.groups {
		c := &s.groups[i]
		sum := s.standing(c)
		r.total.extend(&sum, share(c.minutes, c.sum.minutes), share(c.requests, c.sum.arrived))
		if c.latency != nil {
			spread(r.latency, c.latency, share(c.requests, c.sum.arrived))
			spread(r.waits, c.waits, share(c.requests, c.sum.arrived))
		}
	}
	r.total.extend(&s.followed, 1, 1)
	r.fill(until)
	result := &Sampling{Simulated: round(s.simulated), Windows: len(p.windows), Strata: p.strata, Followed: s.through}
	result.Share = covered(s.simulated, r.total.arrived)
	s.errors(result, r)
	return result
}

// covered is the part of a trace's requests that was simulated. What runs up to a
// stretch may have been simulated for the one before it, too.
func covered(simulated, arrived float64) float64 { return min(share(simulated, arrived), 1) }

// weigh says what each group stands for, up to a time in the trace. What was not
// measured is taken for what is most like it in the stratum.
func (s *sampling) weigh(until int64) {
	p := s.plan
	for i, h := range p.belongs {
		// A run that was stopped stands for what it passed.
		if h == none || int64(i)*minute >= until {
			continue
		}
		if s.of[i] == none {
			s.of[i] = s.group(kind{stratum: h})
		}
		c := &s.groups[s.of[i]]
		c.minutes++
		c.requests += p.counts[i]
	}
	stands := make([]int32, len(s.groups))
	for i := range s.groups {
		stands[i] = s.nearest(i)
	}
	for i := range s.groups {
		if c := &s.groups[i]; stands[i] != int32(i) {
			other := &s.groups[stands[i]]
			other.minutes += c.minutes
			other.requests += c.requests
			c.minutes, c.requests = 0, 0
		}
	}
	for i, c := range s.of {
		if c != none {
			s.of[i] = stands[c]
		}
	}
}

// nearest is the group that stands for one: itself, where it was measured.
func (s *sampling) nearest(i int) int32 {
	c := &s.groups[i]
	best, least := int32(i), int32(math.MaxInt32)
	for k := range s.groups {
		other := &s.groups[k]
		if other.stratum != c.stratum || other.sum.minutes == 0 || other.sum.arrived == 0 && c.requests > 0 {
			continue
		}
		const more = 1 << 10 // replicas matter more than nodes
		if off := more*max(other.ready-c.ready, c.ready-other.ready) + max(other.nodes-c.nodes, c.nodes-other.nodes); off < least {
			best, least = int32(k), off
		}
	}
	if s.groups[best].sum.minutes == 0 && c.minutes > 0 {
		return s.likest(i)
	}
	return best
}

// likest is the group with the most similar rate, for one whose stratum was not
// measured at all: a run that was stopped has not come to it.
func (s *sampling) likest(i int) int32 {
	rate := share(s.groups[i].requests, s.groups[i].minutes)
	best, least := int32(i), math.Inf(1)
	for k := range s.groups {
		other := share(s.groups[k].sum.arrived, s.groups[k].sum.minutes)
		if s.groups[k].sum.minutes == 0 || other == 0 && rate > 0 {
			continue
		}
		if off := math.Abs(rate-other) / max(rate, other, 1); off < least {
			best, least = int32(k), off
		}
	}
	return best
}

// standing is what of a group stands for minutes that were not measured: all but
// what is followed through them.
func (s *sampling) standing(c *group) totals {
	t := c.sum
	if !s.through {
		return t
	}
	for g := range t.areas {
		if Gauge(g).Followed() {
			t.areas[g], t.peaks[g] = 0, 0
		}
	}
	for m := range t.meters {
		if Meter(m).Followed() {
			t.meters[m] = 0
		}
	}
	return t
}

// extend adds the result of a group.
func (t *totals) extend(sum *totals, perMinute, perRequest float64) {
	t.minutes += float64(sum.minutes * perMinute)
	t.arrived += float64(sum.arrived * perRequest)
	for i, n := range sum.outcomes {
		t.outcomes[i] += float64(n * perRequest)
	}
	for i, n := range sum.meters {
		t.meters[i] += float64(n * perRequest)
	}
	for i, area := range sum.areas {
		t.areas[i] += float64(area * perMinute)
		t.peaks[i] = max(t.peaks[i], sum.peaks[i])
	}
}

// spread adds one histogram to another, multiplied.
func spread(to, from *hdrhistogram.Histogram, factor float64) {
	if from.TotalCount() == 0 || factor == 0 {
		return
	}
	for _, bar := range from.Distribution() {
		if bar.Count > 0 {
			_ = to.RecordValues(min((bar.From+bar.To)/2, highestLatency), round(float64(bar.Count)*factor))
		}
	}
}

// fill puts into the series what the minutes that were not measured are taken
// for.
func (r *Recorder) fill(until int64) {
	s := r.sampling
	p := s.plan
	standing := make([]totals, len(s.groups))
	for i := range standing {
		standing[i] = s.standing(&s.groups[i])
	}
	for i, mode := range p.modes {
		if mode != skipped && mode != settling || int64(i)*minute >= until {
			continue
		}
		sum := &standing[s.of[i]]
		if sum.minutes == 0 {
			continue
		}
		b := bucket{start: int64(i) * minute, length: minute, arrived: round(p.counts[i]), peaks: sum.peaks}
		part := share(p.counts[i], sum.arrived)
		for o, n := range sum.outcomes {
			b.outcomes[o] = round(n * part)
		}
		for m, n := range sum.meters {
			b.meters[m] = round(n * part)
		}
		for g, area := range sum.areas {
			b.areas[g] = area / sum.minutes
		}
		for k, n := range s.groups[s.of[i]].sketch {
			b.latency[k] = uint32(round(float64(n) * part))
		}
		r.series.put(&b)
	}
}
