package replay

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/compare/demand/histogram"
	"ambi/spec"
)

// Recorder is what a simulator reports to. Times never go back. At each event
// it calls To with the event's time, and then any of the others:
//
//	r.To(at)
//	r.Arrive()
//	r.Set(simulate.InUse, busy)
//	r.Finish(simulate.Served, latency)
//
// A Recorder allocates nothing while it records.
type Recorder struct {
	now       int64
	bucketEnd int64 // of the open bucket
	gauges    [Gauges]gauge
	bucket    bucket            // the open one
	latencies histogram.Counter // that are not in the histogram yet
	latency   *hdrhistogram.Histogram
	waits     *hdrhistogram.Histogram
	series    series
	total     totals
	sampling  *sampling // nil where the whole trace is simulated
}

// gauge is a level, and its integral since the bucket began.
type gauge struct {
	level, max int64
	since      int64
	area       int64 // level x nanoseconds
}

// totals are sums of buckets.
type totals struct {
	minutes  float64
	arrived  float64
	outcomes [Outcomes]float64
	meters   [Meters]float64
	areas    [Gauges]float64 // level x nanoseconds
	peaks    [Gauges]int64
}

const (
	// Latencies are kept to three digits, from a microsecond to an hour.
	lowestLatency, highestLatency = 1000, 3600e9
	latencyDigits                 = 3
)

// NewRecorder starts a recording at time 0.
func NewRecorder(options Options) *Recorder {
	r := &Recorder{
		latency: hdrhistogram.New(lowestLatency, highestLatency, latencyDigits),
		waits:   hdrhistogram.New(lowestLatency, highestLatency, latencyDigits),
		series:  newSeries(int64(options.Width)),
	}
	r.bucketEnd = r.series.width
	if options.Plan != nil {
		r.sampling = newSampling(options, r.latency, r.waits)
		r.series.cover(options.Plan.span)
		r.bucketEnd = minute
	}
	return r
}

// To advances the clock to at, before what happens then is recorded.
func (r *Recorder) To(at int64) {
	if at >= r.bucketEnd {
		r.roll(at)
	}
	r.now = at
}

// Arrive records that a request came.
func (r *Recorder) Arrive() { r.bucket.arrived++ }

// Finish records how a request ended. The latency, in nanoseconds, is from its
// arrival to when the client was told; it counts for requests that were served
// or timed out, and not for those that were turned away.
func (r *Recorder) Finish(outcome Outcome, latency int64) {
	r.bucket.outcomes[outcome]++
	if class := outcome.Class(); class == Answered || class == TimedOut {
		r.bucket.meters[LatencyNanoseconds] += latency
		// It is bounded here to what the histogram takes.
		r.bucket.latency.record(r.latencies.Add(min(latency, highestLatency)))
	}
}

// Add counts on a meter.
func (r *Recorder) Add(m Meter, n int64) { r.bucket.meters[m] += n }

// Waited records for how long a request waited for a place, in nanoseconds.
func (r *Recorder) Waited(wait int64) {
	r.bucket.meters[Queuing]++
	r.bucket.meters[QueuedNanoseconds] += wait
	_ = r.waits.RecordValue(min(wait, highestLatency))
}

// Set changes the level of a gauge, from now on.
func (r *Recorder) Set(g Gauge, level int64) {
	x := &r.gauges[g]
	x.area += x.level * (r.now - x.since)
	x.since, x.level = r.now, level
	x.max = max(x.max, level)
}

// Level is the level of a gauge.
func (r *Recorder) Level(g Gauge) int64 { return r.gauges[g].level }

// roll closes the buckets that end before or at a time.
func (r *Recorder) roll(at int64) {
	for at >= r.bucketEnd {
		r.close(r.bucketEnd)
		if r.sampling != nil {
			r.bucketEnd += minute
		} else {
			r.bucketEnd += r.series.width - r.bucketEnd%r.series.width
		}
	}
}

// close ends the open bucket at a time, adds it up and opens the next.
func (r *Recorder) close(at int64) {
	b := &r.bucket
	b.length = at - b.start
	for i := range r.gauges {
		g := &r.gauges[i]
		g.area += g.level * (at - g.since)
		b.areas[i], b.peaks[i] = float64(g.area), g.max
		g.since, g.max, g.area = at, g.level, 0
	}
	if r.sampling != nil {
		r.latencies.MoveTo(r.latency) // the next minute's go elsewhere
		r.sample()
	} else {
		r.total.add(b)
		r.series.add(b)
	}
	r.now = at
	*b = bucket{start: at}
}

// add adds a bucket.
func (t *totals) add(b *bucket) {
	t.minutes += float64(b.length) / float64(minute)
	t.arrived += float64(b.arrived)
	for i, n := range b.outcomes {
		t.outcomes[i] += float64(n)
	}
	for i, n := range b.meters {
		t.meters[i] += float64(n)
	}
	for i, area := range b.areas {
		t.areas[i] += area
		t.peaks[i] = max(t.peaks[i], b.peaks[i])
	}
}

// Result ends the recording at a time, and is what was recorded.
func (r *Recorder) Result(target spec.Target, at int64, options Options) Result {
	r.To(at)
	// What happens at the very end of a bucket is in the next one, which has no length.
	if at > r.bucket.start || r.bucket.arrived > 0 || r.bucket.outcomes != (OutcomeCounts{}) || r.bucket.meters != (MeterTotals{}) {
		r.close(at)
	}
	r.latencies.MoveTo(r.latency)
	var sampled *Sampling
	if r.sampling != nil {
		at = options.trace(at)
		sampled = r.extrapolate(at)
	}
	result := Result{
		Target: target, Seed: options.Seed, Span: at,
		Requests: round(r.total.arrived),
		Latency:  Summarize(r.latency, r.total.meters[LatencyNanoseconds]), Waits: Summarize(r.waits, r.total.meters[QueuedNanoseconds]),
		Series:   r.series.points(),
		Sampling: sampled,
	}
	for i, n := range r.total.outcomes {
		result.Outcomes[i] = round(n)
	}
	for i, n := range r.total.meters {
		result.Meters[i] = round(n)
	}
	for i, area := range r.total.areas {
		result.Gauges[i] = Level{Max: r.total.peaks[i], Seconds: area / 1e9}
		if at > 0 {
			result.Gauges[i].Mean = area / float64(at)
		}
	}
	return result
}

func round(x float64) int64 { return int64(math.Round(x)) }
