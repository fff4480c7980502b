package trace

import (
	"math"
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/compare/demand/histogram"
)

// Expected are the figures of a trace of which only the requests of each minute are
// known, or can be expected: a window of a second has no peak.
func Expected(minutes []float64, span time.Duration) Figures {
	m := NewMeter()
	total := 0.0
	for i, n := range minutes {
		total += n
		count := int64(math.Round(n))
		m.list(int64(i), count)
		m.minute.peak = max(m.minute.peak, count)
		// A minute's requests count for its seconds alike.
		for s := range int64(60) {
			m.chart(int64(i)*60+s, (s+1)*count/60-s*count/60)
		}
	}
	f := Figures{Requests: int64(math.Round(total)), Span: span, Mean: total / span.Seconds(), Rate: m.rate, Minutes: m.minutes}
	f.Minute = Window{Length: time.Minute, Peak: m.minute.peak}
	f.Second = Window{Length: time.Second}
	return f
}

// Source is a sequence of arrivals, in order: nanoseconds since it began.
type Source interface {
	Next() (at int64, ok bool)
}

// Figures tell what a trace is like.
type Figures struct {
	Requests int64         `json:"requests"`
	Span     time.Duration `json:"spanNanoseconds"`
	Mean     float64       `json:"meanPerSecond"`
	Second   Window        `json:"second"`
	Minute   Window        `json:"minute"`
	// Gaps are the times between two arrivals.
	Gaps Gaps   `json:"gaps"`
	Rate Series `json:"rate"`
	// Minutes are the requests of each minute, the last of which may be cut
	// short: of the first MaxMinutes.
	Minutes []int64 `json:"-"`
}

// MaxMinutes is 31 days of them.
const MaxMinutes = 31 * 24 * 60

// Window is about counts in windows of one length.
type Window struct {
	Length time.Duration `json:"-"`
	Peak   int64         `json:"peak"` // the largest count
	// PeakToMean is the peak's rate over the mean rate; null for a trace without
	// a length.
	PeakToMean *float64 `json:"peakToMean"`
	// Dispersion is the index of dispersion: the counts' variance over their
	// mean, in all windows that the trace fills. A Poisson process has 1. It is
	// null for a trace of less than two windows.
	Dispersion *float64 `json:"dispersion"`
}

// Gaps are quantiles of the times between two arrivals, in nanoseconds, within
// a thousandth; the longest is exact. Of a second with more than 20,000 requests
// whose moments come from a count, the first 20,000 stand for all.
type Gaps struct {
	P50     time.Duration `json:"p50Nanoseconds"`
	P90     time.Duration `json:"p90Nanoseconds"`
	P99     time.Duration `json:"p99Nanoseconds"`
	P999    time.Duration `json:"p999Nanoseconds"`
	Longest time.Duration `json:"longestNanoseconds"`
	// LongestFrom is when the longest gap begins, since the trace's begin.
	LongestFrom time.Duration `json:"longestFromNanoseconds"`
}

// Series are counts over time, in stretches of equal length, at most
// MaxStretches of them.
type Series struct {
	Step  time.Duration `json:"stepNanoseconds"`
	Count []int64       `json:"count"`
	// Peak is the largest count of a second in each stretch: what a mean hides.
	Peak []int64 `json:"peakPerSecond"`
}

// MaxStretches bounds a series.
const MaxStretches = 1024

// Meter measures a trace as it goes by. Its memory does not grow with the trace.
type Meter struct {
	requests       int64
	last           int64
	longest, since int64
	gaps           histogram.Counter
	second, minute counter
	rate           Series
	minutes        []int64
	busy           []int64 // gaps of this second, up to busySecond of them
}

// busySecond is how many gaps of a second are looked at where more can be passed over.
const busySecond = 20_000

// Skipper is a source that can pass over arrivals without making them: Skip goes
// on to a time and returns how many those were.
type Skipper interface {
	Source
	Skip(to int64) float64
}

// NewMeter starts to measure.
func NewMeter() *Meter {
	return &Meter{
		second: counter{length: second}, minute: counter{length: minute},
		rate: Series{Step: time.Second},
	}
}

// Observe takes the next arrival, in nanoseconds since the trace began.
func (m *Meter) Observe(at int64) {
	if m.requests > 0 {
		gap := at - m.last
		if gap > m.longest {
			m.longest, m.since = gap, m.last
		}
		if gap >= 0 { // a source that goes back is refused elsewhere
			m.gaps.Add(min(gap, math.MaxInt64/4))
			if m.busy == nil {
				m.busy = make([]int64, 0, busySecond)
			}
			if len(m.busy) < busySecond {
				m.busy = append(m.busy, gap)
			}
		}
	}
	m.requests++
	m.last = at
	if uint64(at-m.second.begin) >= uint64(second) {
		m.next(at)
	}
	m.second.count++
}

// PassBusy passes over the rest of a second that is so busy that the gaps seen of
// it tell the others, where the source can: so a count of a billion takes no time.
func (m *Meter) PassBusy(s Source) {
	skipper, can := s.(Skipper)
	if len(m.busy) < busySecond || !can {
		return
	}
	end := m.second.begin + second
	passed := int64(skipper.Skip(end))
	if passed == 0 {
		return
	}
	for i, gap := range m.busy {
		m.gaps.AddTimes(gap, (passed+int64(i))/busySecond)
	}
	m.requests += passed
	m.second.count += passed
	m.last = end - 1
}

// next begins another second, and another minute where that is so.
func (m *Meter) next(at int64) {
	m.busy = m.busy[:0]
	m.chart(m.second.window, m.second.count)
	m.minute.count += m.second.count
	m.second.next(at)
	if window, count := m.minute.window, m.minute.count; m.minute.next(at) {
		m.list(window, count)
	}
}

// list notes a minute's count.
func (m *Meter) list(window, count int64) {
	if window >= MaxMinutes {
		return
	}
	for int64(len(m.minutes)) <= window {
		m.minutes = append(m.minutes, 0)
	}
	m.minutes[window] += count
}

// Requests is how many arrivals there were so far.
func (m *Meter) Requests() int64 { return m.requests }

// chart puts a second's count into the series.
func (m *Meter) chart(window, count int64) {
	step := int64(m.rate.Step / time.Second)
	for window/step >= MaxStretches {
		m.halve()
		step *= 2
	}
	i := int(window / step)
	for len(m.rate.Count) <= i {
		m.rate.Count = append(m.rate.Count, 0)
		m.rate.Peak = append(m.rate.Peak, 0)
	}
	m.rate.Count[i] += count
	m.rate.Peak[i] = max(m.rate.Peak[i], count)
}

// halve puts two stretches together.
func (m *Meter) halve() {
	m.rate.Step *= 2
	counts, peaks := m.rate.Count, m.rate.Peak
	for i := range counts {
		if i%2 == 1 {
			counts[i/2] += counts[i]
			peaks[i/2] = max(peaks[i/2], peaks[i])
		} else {
			counts[i/2], peaks[i/2] = counts[i], peaks[i]
		}
	}
	half := (len(counts) + 1) / 2
	m.rate.Count, m.rate.Peak = counts[:half], peaks[:half]
}

// Figures are the trace's figures, for a trace of some length: at least up to
// its last arrival. They end the measurement.
func (m *Meter) Figures(span time.Duration) Figures {
	span = max(span, time.Duration(m.last))
	f := Figures{Requests: m.requests, Span: span, Mean: float64(m.requests) / span.Seconds()}
	if span == 0 {
		f.Mean = 0
	}
	if m.requests > 0 {
		m.chart(m.second.window, m.second.count)
		m.minute.count += m.second.count
		m.list(m.minute.window, m.minute.count)
		m.list(max(0, int64(span-1)/minute), 0)
		m.second.end()
		m.minute.end()
		m.chart(max(0, int64(span-1)/second), 0)
	}
	f.Second, f.Minute = m.second.figures(f.Requests, span), m.minute.figures(f.Requests, span)
	gaps := hdrhistogram.New(1, math.MaxInt64/2, 3)
	m.gaps.MoveTo(gaps)
	gap := func(percent float64) time.Duration {
		return time.Duration(min(gaps.ValueAtQuantile(percent), m.longest))
	}
	f.Gaps = Gaps{
		P50: gap(50), P90: gap(90), P99: gap(99), P999: gap(99.9),
		Longest: time.Duration(m.longest), LongestFrom: time.Duration(m.since),
	}
	f.Rate, f.Minutes = m.rate, m.minutes
	return f
}

// Measure measures a whole trace. The source's error, if it has any, is the
// caller's to look at.
func Measure(s Source) Figures {
	m := NewMeter()
	for at, ok := s.Next(); ok; at, ok = s.Next() {
		m.Observe(at)
		m.PassBusy(s)
	}
	var span time.Duration
	if long, ok := s.(interface{ Span() time.Duration }); ok {
		span = long.Span()
	}
	return m.Figures(span)
}

// counter counts arrivals in windows of one length.
type counter struct {
	length        int64
	window, count int64  // the window at hand
	begin         int64  // of it
	high, low     uint64 // sum of the squares of the windows before it
	peak          int64
	lastCount     int64 // of the last window with an arrival
}

// next begins the window of a time, if that is another one.
func (c *counter) next(at int64) bool {
	w := at / c.length
	if w == c.window {
		return false
	}
	c.end()
	c.window, c.begin, c.count = w, w*c.length, 0
	return true
}

// end closes the window at hand.
func (c *counter) end() {
	c.peak = max(c.peak, c.count)
	high, low := bits.Mul64(uint64(c.count), uint64(c.count))
	var carry uint64
	c.low, carry = bits.Add64(c.low, low, 0)
	c.high, _ = bits.Add64(c.high, high, carry)
	c.lastCount = c.count
}

// figures are about all windows of a trace that has ended. A last window that
// the trace does not fill counts for the peak alone.
func (c *counter) figures(requests int64, span time.Duration) Window {
	w := Window{Length: time.Duration(c.length), Peak: c.peak}
	if span == 0 || requests == 0 {
		return w
	}
	// A trace shorter than the window has its whole count as the peak.
	length := min(float64(c.length), float64(span))
	ratio := float64(c.peak) / length * float64(span) / float64(requests)
	w.PeakToMean = &ratio
	windows, sum, squares := int64(span)/c.length, requests, float64(float64(c.high)*0x1p64)+float64(c.low)
	if c.window >= windows {
		sum -= c.lastCount
		squares -= float64(float64(c.lastCount) * float64(c.lastCount))
	}
	if windows < 2 || sum == 0 {
		return w
	}
	mean := float64(sum) / float64(windows)
	dispersion := (squares/float64(windows) - float64(mean*mean)) / mean
	w.Dispersion = &dispersion
	return w
}
