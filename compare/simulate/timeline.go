package simulate

import (
	"time"

	"ambi/compare/demand/trace"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// Timeline is a run over time, in intervals of equal length: at most MaxMoments of them, for
// any length of the trace. A stretch keeps its peaks: beside each mean stands the largest value
// within it, and a latency is that of its worst part.
type Timeline struct {
	Step     time.Duration `json:"stepNanoseconds"`
	Requests []Bound       `json:"requests"` // a second
	target.Pair[*Track]
}

// Bound is a figure's mean over a stretch, and its largest value.
type Bound struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// Track is one target over time.
type Track struct {
	InUse    []Bound `json:"inUse"`    // requests that are worked on
	Capacity []Bound `json:"capacity"` // that could be
	Queued   []Bound `json:"queued"`   // requests that wait for a place
	Replicas []Bound `json:"replicas"` // environments, or pods that take requests
	Nodes    []Bound `json:"nodes,omitempty"`
	// Oldest is the age of the oldest message, in milliseconds; none where requests come.
	Oldest []Bound `json:"oldestMs,omitempty"`
	P50    []int64 `json:"p50Nanoseconds"`
	P99    []int64 `json:"p99Nanoseconds"`
	Bad    []int64 `json:"bad"` // requests that were throttled, timed out or failed
	// Cost is in US dollars since the trace began; empty if it is unknown.
	Cost []float64 `json:"cost,omitempty"`

	drivers []drivers
}

// drivers are what a stretch's costs go by.
type drivers struct{ seconds, requests, billed, starts, nodes, replicas float64 }

// MaxMoments bounds a timeline.
const MaxMoments = 240

// Timeline is the result over time.
func (r *Result) Timeline() Timeline {
	var longest, width int64
	for _, t := range spec.Targets() {
		if s := r.Of(t); s != nil && len(s.Series) > 0 {
			last := s.Series[len(s.Series)-1]
			longest = max(longest, last.At+last.Length)
			for _, p := range s.Series {
				width = max(width, p.Length)
			}
		}
	}
	if longest == 0 {
		return Timeline{}
	}
	step := width
	for (longest+step-1)/step > MaxMoments {
		step += width
	}
	n := int((longest + step - 1) / step)
	line := Timeline{Step: time.Duration(step), Requests: rates(r.Trace, n, step)}
	for _, t := range spec.Targets() {
		if run := r.Of(t); run != nil {
			*line.At(t) = track(run, n, step)
		}
	}
	return line
}

// rates are the trace's, on the timeline's steps.
func rates(f trace.Figures, n int, step int64) []Bound {
	rates := make([]Bound, n)
	for i, count := range f.Rate.Count {
		cell := min(int64(i)*int64(f.Rate.Step)/step, int64(n-1))
		rates[cell].Mean += float64(count) / (float64(step) / 1e9)
		rates[cell].Max = max(rates[cell].Max, float64(f.Rate.Peak[i]))
	}
	return rates
}

// track puts a target's series on the timeline's steps.
func track(r *replay.Result, n int, step int64) *Track {
	t := &Track{
		InUse: make([]Bound, n), Capacity: make([]Bound, n), Queued: make([]Bound, n), Replicas: make([]Bound, n),
		P50: make([]int64, n), P99: make([]int64, n), Bad: make([]int64, n), drivers: make([]drivers, n),
	}
	replicas := replay.Instances
	if r.Target == spec.Kubernetes {
		replicas = replay.Ready
		t.Nodes = make([]Bound, n)
	}
	if r.Messages != nil {
		t.Oldest = make([]Bound, n)
	}
	lengths := make([]float64, n)
	for _, p := range r.Series {
		cell := min(p.At/step, int64(n-1))
		lengths[cell] += float64(p.Length) / 1e9
		add := func(bounds []Bound, g replay.Gauge) {
			bounds[cell].Mean += p.Gauges[g].Seconds
			bounds[cell].Max = max(bounds[cell].Max, float64(p.Gauges[g].Max))
		}
		add(t.InUse, replay.InUse)
		add(t.Capacity, replay.Capacity)
		add(t.Queued, replay.Queued)
		add(t.Replicas, replicas)
		if t.Nodes != nil {
			add(t.Nodes, replay.Nodes)
		}
		if t.Oldest != nil {
			add(t.Oldest, replay.Oldest)
		}
		t.P50[cell], t.P99[cell] = max(t.P50[cell], p.P50), max(t.P99[cell], p.P99)
		t.Bad[cell] += p.Throttled + p.TimedOut + p.Failed
		d := &t.drivers[cell]
		d.seconds += float64(p.Length) / 1e9
		d.requests += float64(p.Requests)
		d.billed += float64(p.Meters[replay.BilledMS])
		d.starts += float64(p.Meters[replay.InitMS])
		d.nodes += p.Gauges[replay.Nodes].Seconds
		d.replicas += p.Gauges[replay.Instances].Seconds
	}
	for _, bounds := range [][]Bound{t.InUse, t.Capacity, t.Queued, t.Replicas, t.Nodes, t.Oldest} {
		for i := range bounds {
			if lengths[i] > 0 {
				bounds[i].Mean /= lengths[i]
			}
		}
	}
	return t
}
