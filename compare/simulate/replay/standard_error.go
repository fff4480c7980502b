package replay

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// expected is what a window would have come to if its minutes had been like all of
// their group, and how many times it counts.
type expected struct {
	totals
	perRequest, perMinute float64 // how many it stands for
}

// expect is that of a window. Its groups are those of its minutes.
func (s *sampling) expect(w int) expected {
	var e expected
	window := &s.windows[w]
	minutes := float64(s.plan.windows[w].to - s.plan.windows[w].from)
	for i := s.plan.windows[w].from; i < s.plan.windows[w].to; i++ {
		if s.of[i] == none {
			continue
		}
		c := &s.groups[s.of[i]]
		e.perRequest += share(c.requests, c.sum.arrived) / minutes
		e.perMinute += share(c.minutes, c.sum.minutes) / minutes
		e.extend(&c.sum, share(1, c.sum.minutes)*window.minutes/minutes, share(1, c.sum.arrived)*window.arrived/minutes)
	}
	return e
}

// beyond is how many of a window's requests would have taken longer than a time.
func (s *sampling) beyond(w int, value int64) float64 {
	sum := 0.0
	minutes := float64(s.plan.windows[w].to - s.plan.windows[w].from)
	for i := s.plan.windows[w].from; i < s.plan.windows[w].to; i++ {
		if s.of[i] != none {
			sum += s.groups[s.of[i]].sketch.beyond(value) / minutes
		}
	}
	return sum * s.windows[w].latency.count()
}

// percentiles is how many have a standard error.
const percentiles = 3

func stated() [percentiles]float64 { return [...]float64{50, 99, 99.9} }

// valuesOf are the percentiles of some latencies.
func valuesOf(latency *hdrhistogram.Histogram) (values [percentiles]int64) {
	for k, percentile := range stated() {
		values[k] = latency.ValueAtPercentile(percentile)
	}
	return values
}

// miss is by how much a window is off from what all of its groups are like, times how often it
// counts; its squares count fit times.
type miss struct {
	fit    float64
	meters [Meters]float64
	gauges [Gauges]float64
	slower [percentiles]float64 // requests that took longer than a percentile
}

// add adds that of another service in the same window.
func (m *miss) add(other *miss) {
	m.fit = 1
	root := math.Sqrt(other.fit)
	for i, off := range other.meters {
		m.meters[i] += float64(root * off)
	}
	for i, off := range other.gauges {
		m.gauges[i] += float64(root * off)
	}
	for i, off := range other.slower {
		m.slower[i] += float64(root * off)
	}
}

// misses are those of the windows, stratum by stratum. Values are the percentiles' latencies.
func (s *sampling) misses(values [percentiles]int64) []miss {
	byStratum := make([][]int, s.plan.strata)
	for w := range s.windows {
		if s.windows[w].minutes > 0 {
			h := s.plan.windows[w].stratum
			byStratum[h] = append(byStratum[h], w)
		}
	}
	whole, part, groups := make([]float64, s.plan.strata), make([]float64, s.plan.strata), make([]float64, s.plan.strata)
	for i := range s.groups {
		c := &s.groups[i]
		whole[c.stratum] += c.minutes
		part[c.stratum] += c.sum.minutes
		if c.sum.minutes > 0 {
			groups[c.stratum]++
		}
	}
	var list []miss
	for h, windows := range byStratum {
		n := float64(len(windows))
		if n < 2 {
			continue
		}
		// Each group's ratio is fitted to its windows; one at least is left.
		fit := n / max(1, n-groups[h]) * max(0, 1-share(part[h], whole[h]))
		for _, w := range windows {
			window, e := &s.windows[w], s.expect(w)
			m := miss{fit: fit}
			for i, n := range window.meters {
				m.meters[i] = float64(e.perRequest * (n - e.meters[i]))
			}
			for i, area := range window.areas {
				m.gauges[i] = float64(e.perMinute * (area - e.areas[i]))
			}
			for k, value := range values {
				m.slower[k] = float64(e.perRequest * (float64(window.latency.beyond(value)*window.latency.count()) - s.beyond(w, value)))
			}
			list = append(list, m)
		}
	}
	return list
}

// errors fills in the standard errors: those of ratio estimators in a stratified
// sample (Cochran, Sampling Techniques, 3rd edition, section 6.10), and for
// percentiles what comes of those of the part of the requests that takes longer
// (Woodruff, Confidence intervals for medians and other position measures, 1952).
func (s *sampling) errors(to *Sampling, r *Recorder) {
	s.standard(to, s.misses(valuesOf(r.latency)), &r.total, r.latency)
}

// standard fills in the standard errors by how much windows are off.
func (s *sampling) standard(to *Sampling, misses []miss, total *totals, latency *hdrhistogram.Histogram) {
	var sum miss // of squares
	for i := range misses {
		miss := &misses[i]
		for m, off := range miss.meters {
			sum.meters[m] += float64(miss.fit * float64(off*off))
		}
		for g, off := range miss.gauges {
			sum.gauges[g] += float64(miss.fit * float64(off*off))
		}
		for k, off := range miss.slower {
			sum.slower[k] += float64(miss.fit * float64(off*off))
		}
	}
	for m, variance := range sum.meters {
		if s.through && Meter(m).Followed() {
			continue
		}
		to.Meters[m] = share(math.Sqrt(variance), total.meters[m])
	}
	for g, variance := range sum.gauges {
		if s.through && Gauge(g).Followed() {
			continue
		}
		to.Gauges[g] = share(math.Sqrt(variance), total.areas[g])
	}
	for k, to := range [percentiles]*float64{&to.P50, &to.P99, &to.P999} {
		*to = deviation(latency, stated()[k], share(math.Sqrt(sum.slower[k]), float64(latency.TotalCount())))
	}
}

// deviation is the standard error of a percentile, as a part of it, when the part
// of the values beyond it has one. It is never less than that of a value somewhere
// in a cell of the histogram.
func deviation(h *hdrhistogram.Histogram, percentile, part float64) float64 {
	low := float64(h.ValueAtPercentile(max(0, percentile-float64(100*part))))
	high := float64(h.ValueAtPercentile(min(100, percentile+float64(100*part))))
	off := share((high-low)/2, float64(h.ValueAtPercentile(percentile)))
	return math.Sqrt(float64(off*off) + float64(sampledCell*sampledCell)/12)
}
