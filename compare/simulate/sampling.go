package simulate

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
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
	return object(e[:], func(i int) string { return Meter(i).Name() })
}

// MarshalJSON writes an object.
func (e GaugeErrors) MarshalJSON() ([]byte, error) {
	return object(e[:], func(i int) string { return Gauge(i).Name() })
}

// replicates are groups of windows whose percentiles are compared.
const replicates = 4

// sampling is what a Recorder keeps of a plan.
type sampling struct {
	plan      *Plan
	through   bool
	n         int    // minutes that were closed
	followed  totals // what is followed through the minutes that do not stand for themselves
	simulated float64
	windows   []totals
	strata    []stratum
	// What the open minute's latencies go to.
	exactLatency, exactWaits *hdrhistogram.Histogram
	nowhere                  *hdrhistogram.Histogram
}

// stratum is what was measured of minutes that are alike.
type stratum struct {
	latency [replicates]*hdrhistogram.Histogram
	waits   *hdrhistogram.Histogram
	sketch  sketch
	sum     totals
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
		plan: plan, through: options.Through, windows: make([]totals, len(plan.windows)), strata: make([]stratum, plan.strata),
		exactLatency: latency, exactWaits: waits, nowhere: hdrhistogram.New(lowestLatency, highestLatency, 1),
	}
	for i := range s.strata {
		for k := range replicates {
			s.strata[i].latency[k] = hdrhistogram.New(lowestLatency, highestLatency, sampledDigits)
		}
		s.strata[i].waits = hdrhistogram.New(lowestLatency, highestLatency, sampledDigits)
	}
	return s
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
			w := &p.windows[mode-measured]
			s.windows[mode-measured].add(b)
			h := &s.strata[w.stratum]
			h.sum.add(b)
			for i, n := range b.latency {
				h.sketch[i] += n
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
		switch mode := p.modes[i]; {
		case mode >= measured:
			h := &s.strata[p.windows[mode-measured].stratum]
			r.latency, r.waits = h.latency[p.windows[mode-measured].replicate], h.waits
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
	// A run that was stopped stands for what it passed.
	minutes, requests := make([]float64, p.strata), make([]float64, p.strata)
	for i, h := range p.belongs {
		if h < 0 || int64(i)*minute >= until {
			continue
		}
		minutes[h]++
		requests[h] += p.counts[i]
	}
	replicate := [replicates]*hdrhistogram.Histogram{}
	for k := range replicate {
		replicate[k] = hdrhistogram.New(lowestLatency, highestLatency, latencyDigits)
		spread(replicate[k], r.latency, 1)
	}
	for h := range s.strata {
		x := &s.strata[h]
		if x.sum.minutes == 0 {
			continue
		}
		perMinute, perRequest := minutes[h]/x.sum.minutes, 0.0
		if x.sum.arrived > 0 {
			perRequest = requests[h] / x.sum.arrived
		}
		sum := s.standing(h)
		r.total.extend(&sum, perMinute, perRequest)
		for k, latency := range x.latency {
			spread(r.latency, latency, perRequest)
			if n := latency.TotalCount(); n > 0 {
				whole := 0.0
				for _, other := range x.latency {
					whole += float64(other.TotalCount())
				}
				spread(replicate[k], latency, perRequest*whole/float64(n))
			}
		}
		spread(r.waits, x.waits, perRequest)
	}
	r.total.extend(&s.followed, 1, 1)
	r.fill(until)
	result := &Sampling{Simulated: round(s.simulated), Windows: len(p.windows), Strata: p.strata, Followed: s.through}
	result.Share = share(s.simulated, r.total.arrived)
	s.errors(result, &r.total, minutes, requests)
	for _, q := range []struct {
		percentile float64
		to         *float64
	}{{50, &result.P50}, {99, &result.P99}, {99.9, &result.P999}} {
		*q.to = deviation(replicate, q.percentile)
	}
	return result
}

// standing is what of a stratum stands for minutes that were not measured: all
// but what is followed through them.
func (s *sampling) standing(h int) totals {
	t := s.strata[h].sum
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

// extend adds what a stratum comes to.
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

// deviation is the standard error of a percentile, as a part of it. It is never
// less than that of a value somewhere in a cell of the histogram.
func deviation(of [replicates]*hdrhistogram.Histogram, percentile float64) float64 {
	sum, squares := 0.0, 0.0
	for _, h := range of {
		x := float64(h.ValueAtPercentile(percentile))
		sum += x
		squares += float64(x * x)
	}
	mean := sum / replicates
	variance := max(0, squares/replicates-float64(mean*mean)) * replicates / (replicates - 1)
	off := share(math.Sqrt(variance/replicates), mean)
	return math.Sqrt(float64(off*off) + float64(sampledCell*sampledCell)/12)
}

// errors fills in the standard errors of meters and gauges: those of ratio
// estimators in a stratified sample (Cochran, Sampling Techniques, 3rd edition,
// section 6.10).
func (s *sampling) errors(to *Sampling, total *totals, minutes, requests []float64) {
	var meters [Meters]float64
	var gauges [Gauges]float64
	for h := range s.strata {
		x := &s.strata[h]
		n := 0.0
		for w := range s.windows {
			if s.plan.windows[w].stratum == h && s.windows[w].minutes > 0 {
				n++
			}
		}
		if n < 2 {
			continue
		}
		// The variance of a stratum's sum is that of its windows' distances from
		// the ratio, times the squared number of windows that there would be.
		factor := func(whole, part float64) float64 {
			return share(whole, part) * share(whole, part) * max(0, 1-share(part, whole)) * n / (n - 1)
		}
		perRequest, perMinute := factor(requests[h], x.sum.arrived), factor(minutes[h], x.sum.minutes)
		for w := range s.windows {
			if s.plan.windows[w].stratum != h || s.windows[w].minutes == 0 {
				continue
			}
			window := &s.windows[w]
			for m, n := range window.meters {
				off := n - float64(share(x.sum.meters[m], x.sum.arrived)*window.arrived)
				meters[m] += float64(perRequest * float64(off*off))
			}
			for g, area := range window.areas {
				off := area - float64(share(x.sum.areas[g], x.sum.minutes)*window.minutes)
				gauges[g] += float64(perMinute * float64(off*off))
			}
		}
	}
	for m, variance := range meters {
		if s.through && Meter(m).Followed() {
			continue
		}
		to.Meters[m] = share(math.Sqrt(variance), total.meters[m])
	}
	for g, variance := range gauges {
		if s.through && Gauge(g).Followed() {
			continue
		}
		to.Gauges[g] = share(math.Sqrt(variance), total.areas[g])
	}
}

// fill puts into the series what the minutes that were not measured are taken
// for.
func (r *Recorder) fill(until int64) {
	s := r.sampling
	p := s.plan
	standing := make([]totals, len(s.strata))
	for h := range standing {
		standing[h] = s.standing(h)
	}
	for i, mode := range p.modes {
		if mode != skipped && mode != settling || int64(i)*minute >= until {
			continue
		}
		sum := &standing[p.belongs[i]]
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
		for k, n := range s.strata[p.belongs[i]].sketch {
			b.latency[k] = uint32(round(float64(n) * part))
		}
		r.series.put(&b)
	}
}
