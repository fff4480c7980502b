package compare

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// input is one figure that can be changed: of a service's usage, or a choice.
type input struct {
	name string
	// get is a service's figure as a number; false where it is unknown, or zero.
	// Without it the figure is a choice, which holds for the whole app.
	get func(t demand.Traffic) (float64, bool)
	// set changes it; false where the number would leave its range.
	set func(t *demand.Traffic, n float64) bool
	// choice changes a choice by a factor.
	choice func(choices *cost.Choices, factor float64)
	// least is the smallest step of the figure: a nanosecond, a byte.
	least float64
	// spec is the number as the spec writes it.
	spec func(n float64) string
	// value prints a choice.
	value func(choices cost.Choices) string
}

// all stands for every service, where one may be named by its number.
const all = -1

// EveryService stands for all services, if their figures change by the same factor.
const EveryService = "every service"

// whose is whose figure a change of one service, or of all, is about.
func whose(app cost.App, in input, which int) string {
	if len(app.Workloads) == 1 || in.get == nil {
		return ""
	}
	if which == all {
		having := in.having(app)
		if len(having) != 1 {
			return EveryService
		}
		which = having[0]
	}
	return app.Workloads[which].Name
}

// having are the numbers of the services that have the figure.
func (in input) having(app cost.App) []int {
	var list []int
	for i, w := range app.Workloads {
		if _, ok := in.of(w); ok {
			list = append(list, i)
		}
	}
	return list
}

// of is a service's figure as a number; false where it is unknown, zero, or not a figure but what
// a schedule decides, or of a worker.
func (in input) of(w cost.Workload) (float64, bool) {
	if w.Worker {
		return 0, false
	}
	if w.Schedule != nil && in.name == RequestsInput {
		return 0, false
	}
	return in.get(w.Traffic)
}

// apply changes the input of one service, or of all, by a factor, to four digits:
// upwards where it grows and downwards where it falls. It is false where there is
// nothing to change, or a number would leave its range.
func (in input) apply(app cost.App, choices *cost.Choices, factor float64, which int) (cost.App, bool) {
	if in.get == nil {
		in.choice(choices, factor)
		return app, true
	}
	app.Workloads = slices.Clone(app.Workloads)
	changed := false
	for i := range app.Workloads {
		if which != all && which != i {
			continue
		}
		t := app.Workloads[i].Traffic
		n, ok := in.of(app.Workloads[i])
		if !ok {
			continue
		}
		if !in.set(&t, fourDigits(n, factor, in.least)) {
			return app, false
		}
		app.Workloads[i].Traffic, changed = t, true
	}
	return app, changed
}

// fourDigits is a number times a factor in four significant digits, and in no smaller
// steps than least, rounded away from the number itself.
func fourDigits(n, factor, least float64) float64 {
	if factor == 1 {
		return n
	}
	n *= factor
	unit := math.Max(math.Pow(10, math.Floor(math.Log10(n))-3), least)
	steps := n / unit
	if near := math.Round(steps); math.Abs(steps-near) < 1e-9*steps {
		steps = near
	} else if factor > 1 {
		steps = math.Ceil(steps)
	} else {
		steps = math.Floor(steps)
	}
	if unit < 1 { // a whole number of tenths, hundredths and so on divides without a rest
		return steps / math.Round(1/unit)
	}
	return steps * unit
}

// text prints the input's value, of several services with their names.
func (in input) text(app cost.App, choices cost.Choices, which int) string {
	if in.get == nil {
		return in.value(choices)
	}
	var values []string
	for i, w := range app.Workloads {
		n, ok := in.of(w)
		if which != all && which != i || !ok {
			continue
		}
		_, text := in.written(w.Traffic, n)
		if which == all && len(app.Workloads) > 1 {
			text += " for " + w.Name
		}
		values = append(values, text)
	}
	const most = 3
	if len(values) > most {
		values = append(values[:most-1], fmt.Sprintf("%d more", len(values)-most+1))
	}
	return strings.Join(values, ", ")
}

// written is the figure as the spec writes it: its key, and its value.
func (in input) written(t demand.Traffic, n float64) (key, value string) {
	if r, ok := t.Report.Get(); ok && in.name == string(demand.Duration) {
		return string(demand.ReportDuration), r.With(time.Duration(n)).String()
	}
	if q, ok := t.Quantiles.Get(); ok && in.name == string(demand.Duration) {
		q = q.Scaled(spec.Duration(n))
		return in.name, fmt.Sprintf("{p50: %s, p99: %s}", q.P50, q.P99)
	}
	return in.name, in.spec(n)
}

// write has a change of the input as lines of the spec. The app's requests stay the
// sum of its services'.
func (c *comparison) write(in input, before, after cost.App, which int) []spec.Edit {
	if in.get == nil {
		return nil
	}
	var lines []spec.Edit
	sum := 0.0
	for i, w := range after.Workloads {
		n, ok := in.of(w)
		if w.OverHTTP() {
			sum += n
		}
		if _, had := in.of(before.Workloads[i]); !ok || !had || which != all && which != i {
			continue
		}
		name, value := in.written(w.Traffic, n)
		path := "usage." + name
		if own := "services." + w.Name + "." + path; len(after.Workloads) > 1 || !w.OverHTTP() || c.Resolved.App.Given(own) {
			path = own
		}
		lines = append(lines, spec.Edit{Path: path, Value: value})
	}
	if app := "usage." + in.name; in.name == RequestsInput && c.Resolved.App.Given(app) && (len(lines) != 1 || lines[0].Path != app) {
		lines = append(lines, spec.Edit{Path: app, Value: spec.RatePerMonth(sum).String()})
	}
	return lines
}

// changeable lists the inputs beside the requests, the most likely to be wrong
// first.
func changeable() []input {
	return []input{
		duration(),
		reported(length(demand.CPUTime, func(u *demand.Usage) *demand.Maybe[time.Duration] { return &u.CPUTime })),
		peakInput(),
		size(demand.Request, func(u *demand.Usage) *demand.Maybe[int64] { return &u.Request }),
		size(demand.Response, func(u *demand.Usage) *demand.Maybe[int64] { return &u.Response }),
		size(demand.Log, func(u *demand.Usage) *demand.Maybe[int64] { return &u.Log }),
		length(demand.Start, func(u *demand.Usage) *demand.Maybe[time.Duration] { return &u.Start }),
		keepAliveInput(func(now spec.Duration, factor float64) spec.Duration {
			return spec.Duration(fourDigits(float64(now), factor, float64(time.Millisecond)))
		}),
	}
}

// length is a time of a request's or of a start's. The CPU time is a part of the
// duration, and none of them goes beyond what the spec takes.
func length(name demand.Input, field func(*demand.Usage) *demand.Maybe[time.Duration]) input {
	return input{
		name: string(name), least: 1,
		get: func(t demand.Traffic) (float64, bool) {
			d, ok := field(&t.Usage).Get()
			return float64(d), ok && d > 0
		},
		set: func(t *demand.Traffic, n float64) bool {
			*field(&t.Usage) = demand.Known(time.Duration(n))
			return n >= 1 && n <= float64(spec.MaxUsageTime) && t.CPUTime.Or(0) <= t.Duration.Or(spec.MaxUsageTime.Std())
		},
		spec: func(n float64) string { return written(time.Duration(n)) },
	}
}

// duration is the duration of a request, or of what is reported of it. Quantiles of it change
// by the same factor, and the number is the median.
func duration() input {
	in := length(demand.Duration, func(u *demand.Usage) *demand.Maybe[time.Duration] { return &u.Duration })
	plain := in
	in.get = func(t demand.Traffic) (float64, bool) {
		if r, ok := t.Report.Get(); ok {
			return float64(r.Duration), t.Duration.IsKnown()
		}
		if q, ok := t.Quantiles.Get(); ok {
			return float64(q.P50), t.Duration.IsKnown()
		}
		return plain.get(t)
	}
	in.set = func(t *demand.Traffic, n float64) bool {
		r, reported := t.Report.Get()
		q, quantiles := t.Quantiles.Get()
		switch {
		case reported:
			t.Report = demand.Known(r.With(time.Duration(n)))
		case quantiles:
			q = q.Scaled(spec.Duration(n))
			t.Quantiles, n = demand.Known(q), float64(q.P99)
		default:
			return plain.set(t, n)
		}
		u, err := t.Derived()
		t.Usage = u
		return err == nil && n <= float64(spec.MaxUsageTime)
	}
	return in
}

// reported changes a figure that the duration follows from, where it is a report's or that of
// quantiles.
func reported(in input) input {
	set := in.set
	in.set = func(t *demand.Traffic, n float64) bool {
		ok := set(t, n)
		u, err := t.Derived()
		t.Usage = u
		return err == nil && (ok || (t.Report.IsKnown() || t.Quantiles.IsKnown()) && n >= 1)
	}
	return in
}

// size is a number of bytes.
func size(name demand.Input, field func(*demand.Usage) *demand.Maybe[int64]) input {
	return input{
		name: string(name), least: 1,
		get: func(t demand.Traffic) (float64, bool) {
			n, ok := field(&t.Usage).Get()
			return float64(n), ok && n > 0
		},
		set: func(t *demand.Traffic, n float64) bool {
			*field(&t.Usage) = demand.Known(int64(n))
			return n <= spec.MaxUsageBytes
		},
		spec: amount,
	}
}

// requestsInput is a service's requests a month.
func requestsInput() input {
	return input{
		name: RequestsInput, least: 1,
		get: func(t demand.Traffic) (float64, bool) {
			n, ok := t.Requests.Get()
			return n, ok && n > 0
		},
		set: func(t *demand.Traffic, n float64) bool {
			t.Requests = demand.Known(n)
			return n >= 1 && n <= demand.MaxRequests
		},
		spec: func(n float64) string { return amount(n) + "/month" },
	}
}

// peakInput is the ratio of the peak to the mean, of a shape that has one.
func peakInput() input {
	return input{
		name: string(demand.PeakToMean), least: 1e-3,
		get: func(t demand.Traffic) (float64, bool) {
			return t.Profile.Peak(), t.Shape != "" && t.Shape != spec.Steady && len(t.Minutes) == 0
		},
		set: func(t *demand.Traffic, n float64) bool {
			u := t.Usage
			u.PeakToMean = demand.Known(n)
			changed, err := u.Resolve()
			if err != nil {
				return false
			}
			*t = changed
			return true
		},
		spec: func(n float64) string { return strconv.FormatFloat(math.Round(n*1e3)/1e3, 'f', -1, 64) },
	}
}

// keepAliveInput is how long idle environments live.
func keepAliveInput(change func(now spec.Duration, factor float64) spec.Duration) input {
	return input{
		name: "keepAlive",
		choice: func(choices *cost.Choices, factor float64) {
			choices.Lambda.KeepAlive = change(choices.Lambda.KeepAlive, factor)
		},
		value: func(choices cost.Choices) string { return written(choices.Lambda.KeepAlive.Std()) },
	}
}

// written is a duration in four digits, as people write it.
func written(d time.Duration) string {
	unit := time.Duration(1)
	for d >= 10_000*unit {
		unit *= 10
	}
	return spec.Duration(d.Round(unit)).String()
}

// amount prints a number in four digits, with k, M or G.
func amount(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= unit.size {
			return strconv.FormatFloat(n/unit.size, 'g', 4, 64) + unit.name
		}
	}
	return fmt.Sprintf("%.4g", n)
}

// uncertain is an input that a team knows only about, with how far it may be
// off.
type uncertain struct {
	input
	low, high float64
}

// uncertainties are the four that matter most. The factors are ours: a mean
// that was measured in a test is easily a quarter off, a peak by half, and the
// keep-alive was found to be between 5 minutes and an hour.
func uncertainties() []uncertain {
	list := []uncertain{}
	for _, in := range changeable() {
		switch in.name {
		case string(demand.Duration), string(demand.CPUTime):
			list = append(list, uncertain{in, .75, 1.25})
		case string(demand.PeakToMean):
			list = append(list, uncertain{in, 1 / 1.5, 1.5})
		}
	}
	minutes := func(_ spec.Duration, n float64) spec.Duration { return spec.Duration(n * float64(time.Minute)) }
	return append(list, uncertain{keepAliveInput(minutes), 5, 60})
}
