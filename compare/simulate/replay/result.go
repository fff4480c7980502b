package replay

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/spec"
)

// Result is what a run was like.
type Result struct {
	Target   spec.Target   `json:"target"`
	Seed     uint64        `json:"seed"`
	Span     int64         `json:"span"`              // of the trace, in nanoseconds
	Partial  bool          `json:"partial,omitempty"` // the run was stopped before the trace's end
	Requests int64         `json:"requests"`          // that came
	InFlight int64         `json:"inFlight"`          // that were neither answered nor turned away at the end
	Outcomes OutcomeCounts `json:"outcomes"`
	Meters   MeterTotals   `json:"meters"`
	Gauges   GaugeLevels   `json:"gauges"`
	Latency  Latency       `json:"latency"` // of requests that were served or timed out
	Waits    Latency       `json:"waits"`   // of requests that waited for a place
	MemoryMB int           `json:"memoryMB,omitempty"`
	Messages *Messages     `json:"messages,omitempty"` // nil for a service over HTTP
	Sampling *Sampling     `json:"sampling,omitempty"` // nil where every request was simulated
	Series   []Point       `json:"series,omitempty"`
}

// Latency is how long something took, in nanoseconds, to three digits.
type Latency struct {
	Count int64 `json:"count"`
	Mean  int64 `json:"mean"`
	P50   int64 `json:"p50"`
	P90   int64 `json:"p90"`
	P95   int64 `json:"p95"`
	P99   int64 `json:"p99"`
	P999  int64 `json:"p999"`
	Max   int64 `json:"max"`
	// Histogram has the rest.
	Histogram *hdrhistogram.Histogram `json:"-"`
}

// Summarize is the figures of a histogram, whose values have a sum.
func Summarize(h *hdrhistogram.Histogram, sum float64) Latency {
	if h.TotalCount() == 0 {
		return Latency{Histogram: h} // an empty histogram's highest value is none
	}
	p := append(h.ValueAtPercentilesSlice([]float64{50, 90, 95, 99, 99.9}), h.Max())
	for i, value := range p {
		if value < h.LowestTrackableValue() {
			p[i] = 0 // the end of the histogram's first step, which is no time, such as the age of the oldest message of an empty queue
		}
	}
	return Latency{
		Count: h.TotalCount(), Mean: round(share(sum, float64(h.TotalCount()))),
		P50: p[0], P90: p[1], P95: p[2], P99: p[3], P999: p[4], Max: p[5], Histogram: h,
	}
}

// Of is how many requests ended in a class of outcomes.
func (r *Result) Of(class Class) int64 {
	sum := int64(0)
	for o, n := range r.Outcomes {
		if Outcome(o).Class() == class {
			sum += n
		}
	}
	return sum
}

// Check says when requests were lost: every one that came was served,
// throttled, timed out or failed, or is in flight. A sampled run is an estimate,
// in which a few may be missing: they end in a minute that is counted otherwise
// than the one that they came in.
func (r *Result) Check() error {
	ended := r.Of(Answered) + r.Of(Throttled) + r.Of(TimedOut) + r.Of(Failed)
	missing := r.Requests - ended - r.InFlight
	if r.Sampling != nil && max(missing, -missing) <= r.Requests/20+r.InFlight {
		return nil
	}
	if missing != 0 {
		return fmt.Errorf("%d requests came, %d ended and %d are in flight", r.Requests, ended, r.InFlight)
	}
	return nil
}

// ColdShare is the part of the requests that were let in which waited for
// their own instance to start.
func (r *Result) ColdShare() float64 {
	return share(float64(r.Meters[ColdStarts]), float64(r.Requests-r.Of(Throttled)-r.Of(Failed)))
}

// Utilization is the part of the capacity that was in use, over the run.
func (r *Result) Utilization() float64 {
	return share(r.Gauges[InUse].Seconds, r.Gauges[Capacity].Seconds)
}

// Idle is the part of the capacity that was not.
func (r *Result) Idle() float64 {
	if r.Gauges[Capacity].Seconds == 0 {
		return 0
	}
	return 1 - r.Utilization()
}

// GBSeconds converts a meter of billed milliseconds on Lambda to GB-seconds.
func (r *Result) GBSeconds(m Meter) float64 {
	return float64(r.Meters[m]) / 1000 * float64(r.MemoryMB) / 1024
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}
