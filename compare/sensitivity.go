package compare

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// Flip is a change to one figure that changes which target is cheaper. It is priced as printed,
// to four digits.
type Flip struct {
	Input string `json:"input"`
	// Of is the service whose figure changes, in an app of several, or EveryService if all
	// change by the same factor.
	Of     string  `json:"of,omitempty"`
	From   string  `json:"from"`
	To     string  `json:"to"`
	Factor float64 `json:"factor"` // of the input
	Answer Answer  `json:"answer"` // the cheaper target from there on
	// Write is the change as text of a spec; empty if it is not part of a spec.
	Write []spec.Edit `json:"write,omitempty"`
}

// Name is the figure that changes.
func (f Flip) Name() string {
	if f.Of == "" {
		return f.Input
	}
	return f.Input + " of " + f.Of
}

// Alternative is another choice, everything else the same.
type Alternative struct {
	Name       string    `json:"name"`
	Lambda     price.USD `json:"lambda"` // a month
	Kubernetes price.USD `json:"kubernetes"`
	Flips      bool      `json:"flips"` // whether it turns the answer
}

// RequestsInput is the Input of a Flip that is a break-even.
const RequestsInput = string(demand.Requests)

// reach is how far an input is changed in search of a flip: to a tenth, and to
// ten times.
const reach = 10

// fewServices is how many services an app may have for each of them to be changed on
// its own in search of a flip.
const fewServices = 8

// sensitivity finds, for each input, the nearest change that turns which target is
// cheaper: of every service, and of each on its own.
func (c *comparison) sensitivity(p pair, crossings []Crossing) []Flip {
	flips := []Flip{}
	if len(p.app.Workloads) > largeApp {
		return flips
	}
	// What only one service has is changed with "all" already.
	each := func(in input) {
		if in.get == nil || len(p.app.Workloads) > fewServices {
			return
		}
		if having := in.having(p.app); len(having) > 1 {
			for _, i := range having {
				flips = append(flips, c.flipsOf(p, in, i)...)
			}
		}
	}
	flips = append(flips, c.requestFlips(p, crossings)...)
	for _, in := range changeable() {
		flips = append(flips, c.flipsOf(p, in, all)...)
		each(in)
	}
	each(requestsInput())
	slices.SortStableFunc(flips, func(a, b Flip) int {
		return cmp.Compare(math.Abs(math.Log(a.Factor)), math.Abs(math.Log(b.Factor)))
	})
	return flips
}

// flipsOf finds the nearest changes of an input, of one service or of all.
func (c *comparison) flipsOf(p pair, in input, which int) []Flip {
	var flips []Flip
	answer := func(factor float64) (lambdaCheaper, ok bool) {
		choices := c.Choices
		app, ok := in.apply(p.app, &choices, factor, which)
		if !ok {
			return false, false
		}
		return c.lambdaCheaper(app, choices)
	}
	now, _ := answer(1)
	below, above := breakeven.Flips(answer, 1/float64(reach), reach)
	for _, factor := range []float64{below, above} {
		if then, ok := answer(factor); factor == 0 || !ok || then == now {
			continue
		}
		choices := c.Choices
		app, _ := in.apply(p.app, &choices, factor, which)
		flips = append(flips, Flip{
			Input: in.name, Of: whose(p.app, in, which), Factor: math.Round(factor*1e3) / 1e3, Answer: cheaperOf(!now),
			From: in.text(p.app, c.Choices, which), To: in.text(app, choices, which), Write: c.write(in, p.app, app, which),
		})
	}
	return flips
}

// lambdaCheaper prices an app; not ok where a cost is not known.
func (c *comparison) lambdaCheaper(app cost.App, choices cost.Choices) (cheaper, ok bool) {
	changed, err := c.prepare(app, choices)
	if err != nil {
		return false, false
	}
	lambda, kubernetes, known := changed.at(1)
	return lambda <= kubernetes, known
}

// cheaperOf is the cheaper target as an answer.
func cheaperOf(lambda bool) Answer {
	if lambda {
		return Lambda
	}
	return Kubernetes
}

// requestFlips are the crossings next to the app's requests, within reach: the
// same numbers that a report has as its break-even. Every service keeps its part.
func (c *comparison) requestFlips(p pair, crossings []Crossing) []Flip {
	flips := []Flip{}
	in := requestsInput()
	lambda, kubernetes, _ := p.at(1)
	flip := func(x Crossing, toLambda bool) {
		factor := x.Requests / p.requests
		// A crossing that stands for several may have the app's requests in its midst: what
		// is beyond one of its ends is the answer that holds already.
		if factor < 1/float64(reach) || factor > reach || toLambda == (lambda <= kubernetes) {
			return
		}
		f := Flip{Input: in.name, Of: whose(p.app, in, all), Factor: math.Round(factor*1e6) / 1e6, Answer: cheaperOf(toLambda)}
		// The first value of four digits beyond the crossing at which it is so.
		for try := range 10 {
			choices, beyond := c.Choices, factor*(1+.001*float64(try))
			if factor < 1 {
				beyond = factor / (1 + .001*float64(try))
			}
			app, ok := in.apply(p.app, &choices, beyond, all)
			if cheaper, known := c.lambdaCheaper(app, choices); ok && known && cheaper == toLambda {
				f.From, f.To, f.Write = in.text(p.app, choices, all), in.text(app, choices, all), c.write(in, p.app, app, all)
				flips = append(flips, f)
				return
			}
		}
	}
	above := slices.IndexFunc(crossings, func(x Crossing) bool { return x.Requests > p.requests })
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

// alternatives prices other choices, one at a time, and names those whose month costs
// more than ambi counts. What a limit forbids, such
// as a function URL before an app that has tokens verified, is none.
func (c *comparison) alternatives(p pair) (list []Alternative, beyond []string) {
	list = []Alternative{}
	if len(p.app.Workloads) > largeApp {
		return list, nil
	}
	lambda, kubernetes, _ := p.at(1)
	now := lambda <= kubernetes
	blocked := len(c.fit(c.Choices).Blockers)
	type choice struct {
		name   string
		change func(*cost.Choices)
	}
	var choices []choice
	for _, door := range []cost.FrontDoor{cost.FunctionURL, cost.HTTPAPI, cost.RESTAPI, cost.ALB} {
		if now := c.Choices.Lambda.Door(); door != now {
			_, the, _ := strings.Cut(now.Name(), " ")
			choices = append(choices, choice{door.Name() + " instead of the " + the, func(c *cost.Choices) { c.Lambda.Through(door) }})
		}
	}
	for _, other := range append(choices, []choice{
		{"no CDN in front", func(c *cost.Choices) { c.CDN = 0 }},
		{"nodes for the peak at all times", func(c *cost.Choices) { c.Kubernetes.ForPeak = true }},
		{measuredNodes, func(c *cost.Choices) { c.Kubernetes.Utilization = .13 }},
		{"nodes that follow traffic", func(c *cost.Choices) { c.Kubernetes.ForPeak = false }},
		{"private nodes behind a NAT gateway", func(c *cost.Choices) { c.Kubernetes.NATGateways, c.Kubernetes.PublicNodes = 1, false }},
		{"a tenth of a shared cluster", func(c *cost.Choices) { c.Kubernetes.Shared = .1 }},
		{"Fargate instead of nodes", func(c *cost.Choices) {
			c.Kubernetes.OnFargate()
			c.Kubernetes.AutoMode = false
		}},
		{"EKS Auto Mode", func(c *cost.Choices) { c.Kubernetes.AutoMode = true }},
		{"a Kubernetes version in extended support", func(c *cost.Choices) { c.Kubernetes.Extended = true }},
		{"a hundred requests over each connection", func(c *cost.Choices) {
			c.Kubernetes.RequestsPerConnection, c.Kubernetes.ConnectionTime = 100, spec.Duration(time.Minute)
		}},
		{"AWS's free tier", func(c *cost.Choices) { c.FreeTier = true }},
	}...) {
		choices := c.Choices
		other.change(&choices)
		changed, err := c.prepare(p.app, choices)
		if err != nil {
			continue // a price that the region lacks, or choices that exclude each other
		}
		l, k, known := changed.at(1)
		if !known && max(l, k) > price.Most {
			beyond = append(beyond, other.name)
		}
		if !known || l == lambda && k == kubernetes || len(c.fit(choices).Blockers) > blocked {
			continue
		}
		list = append(list, Alternative{other.name, l, k, (l <= k) != now})
	}
	return list, beyond
}

// fit is what the app's usage runs into under some choices.
func (c *comparison) fit(choices cost.Choices) fit.Report {
	return fit.Check(fit.Input{Resolved: c.Resolved, Workloads: c.reaching(c.app), Choices: choices, Served: reliableTargets(c.Behavior)})
}

// ColdStarts is the effect of a keep-alive time.
type ColdStarts struct {
	KeepAlive string             `json:"keepAlive"`
	Assumed   bool               `json:"assumed"` // the one that the costs are for
	Services  []ServiceColdStart `json:"services"`
}

// ServiceColdStart is one service's fraction of requests that meet a cold start.
type ServiceColdStart struct {
	Service string                `json:"service"`
	Share   demand.Maybe[float64] `json:"share"` // an estimate
	// Messages says that it is messages that wait for the start, and no caller.
	Messages bool `json:"messages,omitempty"`
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
		for _, w := range c.reaching(c.app) {
			starts.Services = append(starts.Services, ServiceColdStart{w.Name, coldShare(w, d.Std()), !w.OverHTTP()})
		}
		list = append(list, starts)
	}
	return list
}

// coldShare is the part of a service's requests that meet a start.
func coldShare(w cost.Workload, keepAlive time.Duration) demand.Maybe[float64] {
	invocations, starts := w.Invocations(), cost.ColdStarts(w, keepAlive)
	if invocations == 0 || math.IsNaN(invocations) || math.IsNaN(starts) {
		return demand.Maybe[float64]{}
	}
	return demand.Known(math.Round(starts/invocations*1e6) / 1e6)
}
