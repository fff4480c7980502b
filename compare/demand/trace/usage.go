package trace

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/compare/demand/histogram"
)

// Usage is what a log says about its requests besides when they came: figures
// for a spec's usage. What the log does not say is nil.
type Usage struct {
	Duration *Durations `json:"duration,omitempty"`
	Request  *Sizes     `json:"requestSize,omitempty"`
	Response *Sizes     `json:"responseSize,omitempty"`
}

// Durations are how long requests took, by a log: quantiles within a thousandth.
type Durations struct {
	Of      int64         `json:"of"`    // requests that say it
	Field   string        `json:"field"` // of the log
	Mean    time.Duration `json:"meanNanoseconds"`
	P50     time.Duration `json:"p50Nanoseconds"`
	P90     time.Duration `json:"p90Nanoseconds"`
	P99     time.Duration `json:"p99Nanoseconds"`
	P999    time.Duration `json:"p999Nanoseconds"`
	Longest time.Duration `json:"longestNanoseconds"`
}

// Sizes are bytes of requests or of responses, by a log: quantiles within a
// thousandth.
type Sizes struct {
	Of      int64 `json:"of"` // requests that say it
	Mean    int64 `json:"meanBytes"`
	P50     int64 `json:"p50Bytes"`
	P99     int64 `json:"p99Bytes"`
	Largest int64 `json:"largestBytes"`
}

// usageMeter gathers what a log says. Its memory does not grow.
type usageMeter struct {
	field                       string // whose durations they are
	duration, received, respond *amounts
}

// add takes what one request says.
func (u *usageMeter) add(r *request) {
	u.duration = u.duration.with(r.duration)
	u.received = u.received.with(r.received)
	u.respond = u.respond.with(r.respond)
}

// amounts are numbers of one kind.
type amounts struct {
	counts  histogram.Counter
	n, most int64
	sum     float64
}

// with adds a number; a negative one is none.
func (a *amounts) with(n int64) *amounts {
	if n < 0 {
		return a
	}
	if a == nil {
		a = &amounts{}
	}
	a.counts.Add(n)
	a.n++
	a.sum += float64(n)
	a.most = max(a.most, n)
	return a
}

// quantile is a function of percent.
func (a *amounts) quantile() func(percent float64) int64 {
	h := hdrhistogram.New(1, math.MaxInt64/2, 3)
	a.counts.MoveTo(h)
	return func(percent float64) int64 { return min(h.ValueAtQuantile(percent), a.most) }
}

func (a *amounts) mean() int64 { return int64(math.Round(a.sum / float64(a.n))) }

// usage ends the gathering.
func (u *usageMeter) usage() Usage {
	var out Usage
	if d := u.duration; d != nil {
		q := d.quantile()
		of := func(percent float64) time.Duration { return time.Duration(q(percent)) }
		out.Duration = &Durations{
			Of: d.n, Field: u.field, Mean: time.Duration(d.mean()),
			P50: of(50), P90: of(90), P99: of(99), P999: of(99.9), Longest: time.Duration(d.most),
		}
	}
	sizes := func(a *amounts) *Sizes {
		if a == nil {
			return nil
		}
		q := a.quantile()
		return &Sizes{Of: a.n, Mean: a.mean(), P50: q(50), P99: q(99), Largest: a.most}
	}
	out.Request, out.Response = sizes(u.received), sizes(u.respond)
	return out
}
