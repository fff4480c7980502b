package measure

import (
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/internal/measure/load"
)

// Figure is a number that was measured in several runs.
type Figure struct {
	Mean float64 `json:"mean"` // of the runs
	Low  float64 `json:"low"`  // the least of the runs
	High float64 `json:"high"`
	Runs int     `json:"runs"`
}

// figureOf is the figure of some runs; nil without any.
func figureOf(runs []float64) *Figure {
	if len(runs) == 0 {
		return nil
	}
	f := Figure{Low: slices.Min(runs), High: slices.Max(runs), Runs: len(runs)}
	for _, r := range runs {
		f.Mean += r / float64(len(runs))
	}
	return &f
}

// Spread is how far the runs lie apart, as a part of their mean.
func (f *Figure) Spread() float64 {
	if f == nil || f.Mean == 0 {
		return 0
	}
	return (f.High - f.Low) / f.Mean
}

// Durations are how long requests took, of all runs together: quantiles within a thousandth.
type Durations struct {
	P50     time.Duration `json:"p50Nanoseconds"`
	P90     time.Duration `json:"p90Nanoseconds"`
	P99     time.Duration `json:"p99Nanoseconds"`
	Longest time.Duration `json:"longestNanoseconds"`
}

// Counts are requests by how they ended. Sent is the sum of the others.
type Counts struct {
	Sent       int64 `json:"sent"`
	OK         int64 `json:"ok"`         // answered below 400
	Refused    int64 `json:"refused"`    // answered 400 to 499
	Failed     int64 `json:"failed"`     // answered 500 or more, or with a message given back
	Unanswered int64 `json:"unanswered"` // no answer: a connection failed, or the timeout passed
	Unfinished int64 `json:"unfinished"` // waited for an answer when the measurement was interrupted
}

func (c *Counts) add(v load.Verdict) {
	c.Sent++
	switch v {
	case load.OK:
		c.OK++
	case load.Refused:
		c.Refused++
	case load.Failed:
		c.Failed++
	case load.Unanswered:
		c.Unanswered++
	case load.Unfinished:
		c.Unfinished++
	}
}

func (c *Counts) join(d Counts) {
	c.Sent += d.Sent
	c.OK += d.OK
	c.Refused += d.Refused
	c.Failed += d.Failed
	c.Unanswered += d.Unanswered
	c.Unfinished += d.Unfinished
}

// bad is the part of the requests that did not go well.
func (c Counts) bad() float64 {
	if c.Sent == 0 {
		return 0
	}
	return float64(c.Refused+c.Failed+c.Unanswered) / float64(c.Sent)
}

// meter gathers the outcomes of one run, by request.
type meter struct {
	counts    Counts
	durations *hdrhistogram.Histogram // of requests that were answered, in microseconds
	sum       time.Duration
	answered  int64
	byRoute   map[string]*meter
	problems  map[string]int64 // by what went wrong
}

// longest is the most that a histogram has room for.
const longest = 2 * time.Hour

func newMeter() *meter {
	return &meter{durations: hdrhistogram.New(1, int64(longest/time.Microsecond), 3), problems: map[string]int64{}}
}

// observe adds an outcome, to its route too.
func (m *meter) observe(requests []load.Request) func(load.Outcome) {
	m.byRoute = map[string]*meter{}
	return func(o load.Outcome) {
		m.add(o)
		route := requests[o.Request].Route
		if m.byRoute[route] == nil {
			m.byRoute[route] = newMeter()
		}
		m.byRoute[route].add(o)
	}
}

func (m *meter) add(o load.Outcome) {
	m.counts.add(o.Verdict)
	if o.Error != "" && o.Verdict != load.Unfinished {
		m.problems[o.Error]++
	}
	if o.Status == 0 {
		return
	}
	m.answered++
	m.sum += o.Latency
	_ = m.durations.RecordValue(min(max(int64(o.Latency/time.Microsecond), 1), int64(longest/time.Microsecond))) // which is within its bounds
}

// join adds another run.
func (m *meter) join(other *meter) {
	m.counts.join(other.counts)
	m.durations.Merge(other.durations)
	m.sum += other.sum
	m.answered += other.answered
	for text, n := range other.problems {
		m.problems[text] += n
	}
}

// mean is the mean duration in nanoseconds; NaN without an answer.
func (m *meter) mean() float64 {
	if m.answered == 0 {
		return math.NaN()
	}
	return float64(m.sum) / float64(m.answered)
}

func (m *meter) quantiles() *Durations {
	if m.answered == 0 {
		return nil
	}
	at := func(percent float64) time.Duration {
		return time.Duration(m.durations.ValueAtQuantile(percent)) * time.Microsecond
	}
	return &Durations{at(50), at(90), at(99), time.Duration(m.durations.Max()) * time.Microsecond}
}
