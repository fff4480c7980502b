package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// Flip is a change of one input that turns the answer.
type Flip struct {
	Input  string  `json:"input"`
	From   string  `json:"from"`
	To     string  `json:"to"`
	Factor float64 `json:"factor"` // of the input
	Answer Answer  `json:"answer"` // from there on
}

// Alternative is another choice, everything else the same.
type Alternative struct {
	Name       string    `json:"name"`
	Lambda     price.USD `json:"lambda"` // a month
	Kubernetes price.USD `json:"kubernetes"`
	Flips      bool      `json:"flips"` // whether it turns the answer
}

// RequestsInput is the Input of a Flip that is a break-even.
const RequestsInput = "requests"

// input is one number that can be changed.
type input struct {
	name string
	// apply changes the input by a factor; false where it is unknown, zero or
	// would leave its range.
	apply func(app cost.App, choices *cost.Choices, factor float64) (cost.App, bool)
	// text prints the input's value.
	text func(app cost.App, choices cost.Choices) string
}

// reach is how far an input is changed in search of a flip: to a tenth, and to
// ten times.
const reach = 10

// sensitivity finds, for each input, the nearest change that turns the answer.
func (c *comparison) sensitivity(p pair, crossings []Crossing) []Flip {
	flips := []Flip{}
	if len(p.app.Workloads) > largeApp {
		return flips
	}
	flips = append(flips, requestFlips(p.requests, crossings)...)
	for _, in := range changeable() {
		answer := func(factor float64) (lambdaCheaper, ok bool) {
			choices := c.Choices
			app, ok := in.apply(p.app, &choices, factor)
			if !ok {
				return false, false
			}
			changed, err := c.prepare(app, choices)
			if err != nil {
				return false, false
			}
			lambda, kubernetes, known := changed.at(1)
			return lambda <= kubernetes, known
		}
		below, above := breakeven.Flips(answer, 1/float64(reach), reach)
		for _, factor := range []float64{below, above} {
			if factor == 0 {
				continue
			}
			choices := c.Choices
			app, _ := in.apply(p.app, &choices, factor)
			f := Flip{
				Input: in.name, Factor: math.Round(factor*1e3) / 1e3, From: in.text(p.app, c.Choices), To: in.text(app, choices), Answer: Kubernetes,
			}
			if lambdaCheaper, _ := answer(factor); lambdaCheaper {
				f.Answer = Lambda
			}
			flips = append(flips, f)
		}
	}
	slices.SortStableFunc(flips, func(a, b Flip) int {
		return cmp.Compare(math.Abs(math.Log(a.Factor)), math.Abs(math.Log(b.Factor)))
	})
	return flips
}

// requestFlips are the crossings next to the app's requests, within reach: the
// same numbers that a report has as its break-even.
func requestFlips(requests float64, crossings []Crossing) []Flip {
	flips := []Flip{}
	flip := func(x Crossing, toLambda bool) {
		factor := x.Requests / requests
		if factor < 1/float64(reach) || factor > reach {
			return
		}
		f := Flip{Input: RequestsInput, Factor: math.Round(factor*1e6) / 1e6, From: amount(requests) + "/month", To: amount(x.Requests) + "/month", Answer: Kubernetes}
		if toLambda {
			f.Answer = Lambda
		}
		flips = append(flips, f)
	}
	above := slices.IndexFunc(crossings, func(x Crossing) bool { return x.Requests > requests })
	if above < 0 {
		above = len(crossings)
	}
	if above > 0 {
		flip(crossings[above-1], !crossings[above-1].ToLambda)
	}
	if above < len(crossings) {
		flip(crossings[above], crossings[above].ToLambda)
	}
	return flips
}

// changeable lists the inputs beside the requests, the most likely to be wrong
// first.
func changeable() []input {
	return []input{
		{"duration", usage(scaleDuration), ofFirst(func(t demand.Traffic) string { return written(t.Duration.Or(0)) })},
		{"cpuTime", usage(scaleCPU), ofFirst(func(t demand.Traffic) string { return written(t.CPUTime.Or(0)) })},
		{"peakToMean", usage(scalePeak), ofFirst(func(t demand.Traffic) string { return fmt.Sprintf("%.4g", t.Profile.Peak()) })},
		{"payload", usage(func(t *demand.Traffic, f float64) bool {
			request, ok := t.Request.Get()
			response, okToo := t.Response.Get()
			t.Request, t.Response = demand.Known(int64(float64(request)*f)), demand.Known(int64(float64(response)*f))
			return ok && okToo && request+response > 0
		}), ofFirst(func(t demand.Traffic) string { return amount(float64(t.Request.Or(0)+t.Response.Or(0))) + "B" })},
		{"logSize", usage(func(t *demand.Traffic, f float64) bool {
			n, ok := t.Log.Get()
			t.Log = demand.Known(int64(float64(n) * f))
			return ok && n > 0
		}), ofFirst(func(t demand.Traffic) string { return amount(float64(t.Log.Or(0))) + "B" })},
		{"startTime", usage(func(t *demand.Traffic, f float64) bool {
			d, ok := t.Start.Get()
			t.Start = demand.Known(scaled(d, f))
			return ok && d > 0
		}), ofFirst(func(t demand.Traffic) string { return written(t.Start.Or(0)) })},
		{"keepAlive", keepAlive, keepAliveText},
	}
}

// usage changes every service's traffic.
func usage(change func(t *demand.Traffic, factor float64) bool) func(cost.App, *cost.Choices, float64) (cost.App, bool) {
	return func(app cost.App, _ *cost.Choices, factor float64) (cost.App, bool) {
		app.Workloads = slices.Clone(app.Workloads)
		any := false
		for i := range app.Workloads {
			t := app.Workloads[i].Traffic
			if change(&t, factor) {
				app.Workloads[i].Traffic = t
				any = true
			}
		}
		return app, any
	}
}

// ofFirst prints a value of the first service; of several, how all of them were
// changed says more.
func ofFirst(text func(demand.Traffic) string) func(cost.App, cost.Choices) string {
	return func(app cost.App, _ cost.Choices) string {
		if len(app.Workloads) > 1 {
			return text(app.Workloads[0].Traffic) + " for " + app.Workloads[0].Name
		}
		return text(app.Workloads[0].Traffic)
	}
}

func scaled(d time.Duration, factor float64) time.Duration {
	return time.Duration(float64(d) * factor).Round(time.Microsecond)
}

// written is a duration in four digits, as people write it.
func written(d time.Duration) string {
	unit := time.Duration(1)
	for d >= 10_000*unit {
		unit *= 10
	}
	return spec.Duration(d.Round(unit)).String()
}

// scaleDuration changes a request's time, its CPU time included in it.
func scaleDuration(t *demand.Traffic, factor float64) bool {
	d, ok := t.Duration.Get()
	if !ok || scaled(d, factor) < t.CPUTime.Or(0) {
		return false
	}
	t.Duration = demand.Known(scaled(d, factor))
	return true
}

// scaleCPU changes a request's CPU time, and its time by as much.
func scaleCPU(t *demand.Traffic, factor float64) bool {
	d, ok := t.Duration.Get()
	cpu, okToo := t.CPUTime.Get()
	if !ok || !okToo || cpu == 0 {
		return false
	}
	t.CPUTime, t.Duration = demand.Known(scaled(cpu, factor)), demand.Known(d-cpu+scaled(cpu, factor))
	return true
}

// scalePeak changes the ratio of the peak to the mean.
func scalePeak(t *demand.Traffic, factor float64) bool {
	if t.Shape == "" || t.Shape == spec.Steady || len(t.Minutes) > 0 {
		return false
	}
	u := t.Usage
	u.PeakToMean = demand.Known(t.Profile.Peak() * factor)
	changed, err := u.Resolve()
	if err != nil {
		return false
	}
	*t = changed
	return true
}

// keepAlive changes how long idle environments live.
func keepAlive(app cost.App, choices *cost.Choices, factor float64) (cost.App, bool) {
	choices.Lambda.KeepAlive = spec.Duration(scaled(choices.Lambda.KeepAlive.Std(), factor))
	return app, true
}

func keepAliveText(_ cost.App, choices cost.Choices) string {
	return spec.Duration(choices.Lambda.KeepAlive.Std().Round(time.Second)).String()
}

// amount prints a number with k, M or G.
func amount(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.4g%s", n/unit.size, unit.name)
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
		case "duration", "cpuTime":
			list = append(list, uncertain{in, .75, 1.25})
		case "peakToMean":
			list = append(list, uncertain{in, 1 / 1.5, 1.5})
		}
	}
	absolute := func(app cost.App, choices *cost.Choices, minutes float64) (cost.App, bool) {
		choices.Lambda.KeepAlive = spec.Duration(minutes * float64(time.Minute))
		return app, true
	}
	return append(list, uncertain{input{"keepAlive", absolute, keepAliveText}, 5, 60})
}

// alternatives prices other choices, one at a time. What a limit forbids, such
// as a function URL before an app that has tokens verified, is none.
func (c *comparison) alternatives(p pair) []Alternative {
	list := []Alternative{}
	if len(p.app.Workloads) > largeApp {
		return list
	}
	lambda, kubernetes, _ := p.at(1)
	now := lambda <= kubernetes
	blocked := len(c.fit(c.Choices).Blockers)
	for _, other := range []struct {
		name   string
		change func(*cost.Choices)
	}{
		{"a function URL instead of the HTTP API", func(c *cost.Choices) { c.Lambda.FunctionURL = true }},
		{"an HTTP API instead of the function URL", func(c *cost.Choices) { c.Lambda.FunctionURL = false }},
		{"nodes for the peak at all times", func(c *cost.Choices) { c.Kubernetes.ForPeak = true }},
		{"nodes that follow traffic", func(c *cost.Choices) { c.Kubernetes.ForPeak = false }},
		{"private nodes behind a NAT gateway", func(c *cost.Choices) { c.Kubernetes.NATGateways, c.Kubernetes.PublicNodes = 1, false }},
		{"a tenth of a shared cluster", func(c *cost.Choices) { c.Kubernetes.Shared = .1 }},
		{"Fargate instead of nodes", func(c *cost.Choices) { c.Kubernetes.Compute, c.Kubernetes.AutoMode = cost.Fargate, false }},
		{"EKS Auto Mode", func(c *cost.Choices) { c.Kubernetes.AutoMode = true }},
		{"a Kubernetes version in extended support", func(c *cost.Choices) { c.Kubernetes.Extended = true }},
		{"a hundred requests over each connection", func(c *cost.Choices) {
			c.Kubernetes.RequestsPerConnection, c.Kubernetes.ConnectionTime = 100, spec.Duration(time.Minute)
		}},
		{"AWS's free tier", func(c *cost.Choices) { c.FreeTier = true }},
	} {
		choices := c.Choices
		other.change(&choices)
		changed, err := c.prepare(p.app, choices)
		if err != nil {
			continue // a price that the region lacks, or choices that exclude each other
		}
		l, k, known := changed.at(1)
		if !known || l == lambda && k == kubernetes || len(c.fit(choices).Blockers) > blocked {
			continue
		}
		list = append(list, Alternative{other.name, l, k, (l <= k) != now})
	}
	return list
}

// fit is what the app's usage runs into under some choices.
func (c *comparison) fit(choices cost.Choices) fit.Report {
	return fit.Check(fit.Input{Resolved: c.Resolved, Workloads: c.app.Workloads, Choices: choices, Served: reliableTargets(c.Behavior)})
}

// ColdStarts is what a keep-alive time would mean.
type ColdStarts struct {
	KeepAlive string             `json:"keepAlive"`
	Assumed   bool               `json:"assumed"` // the one that the costs are for
	Services  []ServiceColdStart `json:"services"`
}

// ServiceColdStart is one service's part of requests that meet a start.
type ServiceColdStart struct {
	Service string                `json:"service"`
	Share   demand.Maybe[float64] `json:"share"` // an estimate
}

// coldStarts estimates the starts at 5, 10 and 60 minutes, and at the assumed
// keep-alive.
func (c *comparison) coldStarts() []ColdStarts {
	times := []spec.Duration{spec.Duration(5 * time.Minute), spec.Duration(10 * time.Minute), spec.Duration(time.Hour)}
	if !slices.Contains(times, c.Choices.Lambda.KeepAlive) {
		times = append(times, c.Choices.Lambda.KeepAlive)
	}
	slices.Sort(times)
	list := []ColdStarts{}
	for _, d := range times {
		starts := ColdStarts{KeepAlive: d.String(), Assumed: d == c.Choices.Lambda.KeepAlive, Services: []ServiceColdStart{}}
		for _, w := range c.app.Workloads {
			starts.Services = append(starts.Services, ServiceColdStart{w.Name, coldShare(w, d.Std())})
		}
		list = append(list, starts)
	}
	return list
}

// coldShare is the part of a service's requests that meet a start.
func coldShare(w cost.Workload, keepAlive time.Duration) demand.Maybe[float64] {
	requests := w.Traffic.Requests.Or(0)
	starts := cost.ColdStarts(w, keepAlive)
	if requests == 0 || math.IsNaN(starts) {
		return demand.Maybe[float64]{}
	}
	return demand.Known(math.Round(starts/requests*1e6) / 1e6)
}
