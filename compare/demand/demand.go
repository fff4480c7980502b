// Package demand says how much traffic a service has and how it spreads over
// time, in the terms that costs depend on.
//
//	t, err := demand.Usage{
//		Requests: demand.Known(3e6),
//		Duration: demand.Known(40 * time.Millisecond),
//		CPUTime:  demand.Known(12 * time.Millisecond),
//		Shape:    spec.Diurnal,
//	}.Resolve()
//
// A figure that is not given stays unknown (see Maybe); Usage.Missing lists those to ask for. A
// shape is turned into a Profile: segments of a cycle, each with its multiple of the mean rate.
// The two ratios that matter most, the peak to the mean and the length of a burst, have a
// default for each shape, which Profile.Assumed reports; everything else about an app is asked
// for.
//
// A month has 730 hours, as AWS's own calculators have it.
package demand

import (
	"math"
	"slices"
	"time"

	"ambi/internal/portable"
	"ambi/internal/problem"
	"ambi/spec"
)

// SecondsPerMonth is a month of 730 hours.
const SecondsPerMonth = 730 * 3600

// minutesPerMonth is the same month in minutes.
const minutesPerMonth = SecondsPerMonth / 60

// Usage is what is known about a service's traffic; figures are per request unless stated
// otherwise.
type Usage struct {
	Requests Maybe[float64]       `json:"requests"` // a month
	Duration Maybe[time.Duration] `json:"duration"` // mean, waiting included, with a full core at hand
	// Quantiles are the duration's, from which Derived computes its mean.
	Quantiles Maybe[spec.Quantiles] `json:"durationQuantiles,omitzero"`
	// Report is the duration in a function's REPORT lines, from which Derived computes
	// Duration.
	Report   Maybe[spec.ReportDuration] `json:"reportDuration,omitzero"`
	CPUTime  Maybe[time.Duration]       `json:"cpuTime"`            // mean, on a full core; the same work on every target
	Batch    Maybe[float64]             `json:"batchSize,omitzero"` // mean messages of one invocation, of a service that events start
	Request  Maybe[int64]               `json:"requestSize"`        // bytes that the client sends, or of a message
	Response Maybe[int64]               `json:"responseSize"`       // bytes that it gets
	Log      Maybe[int64]               `json:"logSize"`            // bytes that the app logs
	Outbound Maybe[int64]               `json:"outboundSize"`       // bytes that the app itself exchanges with the internet
	Start    Maybe[time.Duration]       `json:"startTime"`          // what an instance takes to start, runtime and app: Lambda's Init Duration

	Shape      spec.Shape           `json:"shape"`      // empty: unknown, unless Minutes are given
	PeakToMean Maybe[float64]       `json:"peakToMean"` // the busiest moments' rate, as a multiple of the mean
	Burst      Maybe[time.Duration] `json:"burst"`      // how long one burst lasts; of bursty and sporadic traffic
	// Minutes are counts of requests a minute, measured: they replace Shape,
	// and Requests too unless that is given, which then scales them.
	Minutes []float64 `json:"minutes,omitempty"`
}

// FromSpec converts a spec's usage of a service.
func FromSpec(u spec.Usage) Usage {
	usage := Usage{
		Request: bytesOf(u.RequestSize), Response: bytesOf(u.ResponseSize), Log: bytesOf(u.LogSize), Outbound: bytesOf(u.OutboundSize),
		Duration: timeOf(u.Duration.Mean), CPUTime: timeOf(u.CPUTime), Start: timeOf(u.StartTime), Burst: timeOf(u.Burst), Shape: u.Shape,
	}
	usage.Requests = perMonth(u.Requests)
	if u.PeakToMean > 0 {
		usage.PeakToMean = Known(float64(u.PeakToMean))
	}
	if u.BatchSize > 0 {
		usage.Batch = Known(float64(u.BatchSize))
	}
	if !u.ReportDuration.IsZero() {
		usage.Report = Known(u.ReportDuration)
	}
	if !u.Duration.Quantiles.IsZero() {
		usage.Quantiles = Known(u.Duration.Quantiles)
	}
	usage, _ = usage.Derived() // Resolve says what is wrong
	return usage
}

// Derived computes Duration from a function's Report, whose CPU time is longer with less
// memory, or from Quantiles; it is unknown where the CPU time is.
func (u Usage) Derived() (Usage, error) {
	report, known := u.Report.Get()
	quantiles, quantilesKnown := u.Quantiles.Get()
	cpu, cpuKnown := u.CPUTime.Get()
	if !known && !quantilesKnown {
		return u, nil
	}
	if !cpuKnown {
		u.Duration = Maybe[time.Duration]{}
		return u, nil
	}
	if quantilesKnown {
		waiting, err := quantiles.Waiting(cpu)
		if err != nil {
			return u, problem.Each(err, func(p *problem.Problem) { p.Field = string(Duration) })
		}
		mean := portable.LognormalThrough(float64(waiting.P50), float64(waiting.P99)).Mean()
		u.Duration = Known(cpu + time.Duration(math.Round(mean)))
		return u, nil
	}
	d, ok := report.AtFullCore(cpu)
	if !ok {
		return u, problem.Field(string(ReportDuration), "must be at least what cpuTime alone takes with %d MB, %s, got %s", report.MemoryMB, spec.Duration(report.Stretched(cpu)), report)
	}
	u.Duration = Known(d)
	return u, nil
}

func bytesOf(q *spec.Quantity) Maybe[int64] {
	if q == nil {
		return Maybe[int64]{}
	}
	return Known(q.Bytes())
}

func timeOf(d spec.Duration) Maybe[time.Duration] {
	if d == 0 {
		return Maybe[time.Duration]{}
	}
	return Known(d.Std())
}

// Input names one figure of Usage, in the words of the spec.
type Input string

// The inputs.
const (
	Requests Input = "requests"
	Duration Input = "duration"
	// ReportDuration is another way to give Duration.
	ReportDuration Input = "reportDuration"
	CPUTime        Input = "cpuTime"
	Batch          Input = "batchSize"
	Request        Input = "requestSize"
	Response       Input = "responseSize"
	Log            Input = "logSize"
	Outbound       Input = "outboundSize"
	Start          Input = "startTime"
	Shape          Input = "shape"
	PeakToMean     Input = "peakToMean"
	Burst          Input = "burst"
)

// Missing lists what is unknown, in the order of the fields.
func (u Usage) Missing() []Input {
	var list []Input
	add := func(known bool, input Input) {
		if !known {
			list = append(list, input)
		}
	}
	add(u.Requests.IsKnown() || len(u.Minutes) > 0, Requests)
	add(u.Duration.IsKnown() || u.Report.IsKnown() || u.Quantiles.IsKnown(), Duration)
	add(u.CPUTime.IsKnown(), CPUTime)
	add(u.Request.IsKnown(), Request)
	add(u.Response.IsKnown(), Response)
	add(u.Log.IsKnown(), Log)
	add(u.Outbound.IsKnown(), Outbound)
	add(u.Start.IsKnown(), Start)
	add(u.Shape != "" || len(u.Minutes) > 0, Shape)
	return list
}

// Traffic is a checked usage with its profile over time.
type Traffic struct {
	Usage
	Profile Profile // unknown, and its Known false, where the shape is
}

// Resolve checks a usage and works out its profile. All problems come back at
// once, each with the input as its field.
func (u Usage) Resolve() (Traffic, error) {
	u, err := u.Derived()
	problems := u.check()
	problems.Add(err)
	t := Traffic{Usage: u}
	if len(u.Minutes) > 0 {
		total := 0.0
		for _, count := range u.Minutes {
			total += count
		}
		if !t.Requests.IsKnown() {
			t.Requests = Known(total / float64(len(u.Minutes)) * minutesPerMonth)
		}
		t.Profile = fromMinutes(u.Minutes, total)
	} else if u.Shape != "" {
		profile, err := shaped(u)
		problems.Add(err)
		t.Profile = profile
	}
	if err := problems.Err(); err != nil {
		return Traffic{}, err
	}
	t.Profile = t.Profile.keeping()
	return t, nil
}

// The bounds of requests: a million a second, as the spec has it, and a
// hundredth more, for a trace that is made at that rate comes out a bit above
// or below.
const (
	MaxRequests = 1.01e6 * SecondsPerMonth // a month
	MaxMinute   = 1.01e6 * 60              // in a minute
)

// MaxBatch is the most messages that one invocation can get.
const MaxBatch = 10_000

// check reports every value that makes no sense.
func (u Usage) check() problem.List {
	var problems problem.List
	fail := func(input Input, format string, args ...any) {
		problems = append(problems, problem.Field(string(input), format, args...))
	}
	if n, ok := u.Requests.Get(); ok && !(n >= 0 && n <= MaxRequests) {
		fail(Requests, "must be 0 to 1M/s, got %v a month", n)
	}
	for _, d := range []struct {
		input Input
		value Maybe[time.Duration]
	}{{Duration, u.Duration}, {CPUTime, u.CPUTime}, {Start, u.Start}} {
		if v, ok := d.value.Get(); ok && (v < 0 || v > spec.MaxUsageTime.Std()) {
			fail(d.input, "must be 0s to 1h, got %s", spec.Duration(v))
		}
	}
	duration, hasDuration := u.Duration.Get()
	if cpu, ok := u.CPUTime.Get(); ok && hasDuration && cpu > duration {
		fail(CPUTime, "must be at most duration, %s, got %s: one request uses one core", spec.Duration(duration), spec.Duration(cpu))
	}
	for _, b := range []struct {
		input Input
		value Maybe[int64]
	}{{Request, u.Request}, {Response, u.Response}, {Log, u.Log}, {Outbound, u.Outbound}} {
		if v, ok := b.value.Get(); ok && (v < 0 || v > spec.MaxUsageBytes) {
			fail(b.input, "must be 0 to 1Ti bytes, got %d", v)
		}
	}
	if n, ok := u.Batch.Get(); ok && !(n >= 1 && n <= MaxBatch) {
		fail(Batch, "must be 1 to %d, got %v", MaxBatch, n)
	}
	if len(u.Minutes) > 0 {
		if len(u.Minutes) > MaxMinutes {
			fail("minutes", "must be at most %d, got %d", MaxMinutes, len(u.Minutes))
		}
		if i := slices.IndexFunc(u.Minutes, func(n float64) bool { return !(n >= 0 && n <= MaxMinute) }); i >= 0 {
			fail("minutes", "must be counts from 0 to 60M, got %v in minute %d", u.Minutes[i], i)
		}
		if slices.Max(u.Minutes) == 0 {
			fail("minutes", "must have a request in them")
		}
	}
	return problems
}

// MaxMinutes bounds a series of counts: 31 days.
const MaxMinutes = 31 * 24 * 60

// PerSecond is the mean rate, NaN where it is unknown.
func (t Traffic) PerSecond() float64 {
	n, ok := t.Requests.Get()
	if !ok {
		return math.NaN()
	}
	return n / SecondsPerMonth
}
