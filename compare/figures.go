package compare

import (
	"math"
	"strings"

	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// Figure is one number of a Result under a name that conditions use.
type Figure struct {
	Name  string
	Means string
	Value float64
	Known bool
}

// Figures are the numbers of a Result that a team may set thresholds for, in
// an order that is always the same; costs are dollars a month. Those of an
// earlier comparison are there with a Difference and unknown without.
func (r Result) Figures(d *Difference) []Figure { return r.FiguresOf("", d) }

// FiguresOf is Figures with what one service of several had in a simulation, where Figures has the
// worst of all; an empty name is all.
func (r Result) FiguresOf(service string, d *Difference) []Figure {
	list := []Figure{
		dollars("lambda", "the cost on Lambda", r.Lambda.total()),
		dollars("kubernetes", "the cost on Kubernetes", r.Kubernetes.total()),
	}
	cheaper := Figure{Name: "cheaper", Means: "the lower of both costs"}
	dearer := Figure{Name: "dearer", Means: "the higher of both costs"}
	if l, k := r.Lambda.total(), r.Kubernetes.total(); l != nil && k != nil {
		cheaper.Value, cheaper.Known = min(l.Dollars(), k.Dollars()), true
		dearer.Value, dearer.Known = max(l.Dollars(), k.Dollars()), true
	}
	mix := Figure{Name: "mix", Means: "the cost of the best mix of both targets"}
	if r.Placement != nil {
		mix.Value, mix.Known = r.Placement.Cost.Dollars(), true
	}
	list = append(list, cheaper, dearer, mix, r.requests(), r.headroom(), r.coldShare())
	for _, t := range spec.Targets() {
		side := r.Of(t)
		for _, category := range cost.Categories() {
			first, _, _ := strings.Cut(string(category), " ")
			f := Figure{Name: string(t) + "." + first, Means: "its part for " + string(category)}
			if side.Bill != nil {
				f.Value, f.Known = of(side.Bill, category)
			}
			list = append(list, f)
		}
		list = append(list,
			count(string(t)+".blockers", "limits that keep the app from it", len(r.Fit.Blocked(t))),
			count(string(t)+".knobs", "changes to the spec, or to a quota, that it needs to fit", len(r.Fit.Turned(t))),
			count(string(t)+".warnings", "limits that are near", len(r.Fit.Warned(t))))
		list = append(list, r.inPractice(t))
		list = append(list, r.simulated(t, service)...)
	}
	old := Difference{}
	if d != nil {
		old = *d
	}
	return append(list,
		dollars("old.lambda", "the cost on Lambda in --against", old.Lambda.Before),
		dollars("old.kubernetes", "the cost on Kubernetes in --against", old.Kubernetes.Before))
}

func dollars(name, means string, value *price.USD) Figure {
	f := Figure{Name: name, Means: means}
	if value != nil {
		f.Value, f.Known = value.Dollars(), true
	}
	return f
}

func count(name, means string, n int) Figure { return Figure{name, means, float64(n), true} }

// of is what a bill has in a category; false while a part of it is unknown.
func of(b *cost.Bill, category cost.Category) (value float64, known bool) {
	var sum price.USD
	for _, c := range b.Components {
		switch {
		case c.Category != category:
		case c.Cost == nil:
			return 0, false
		default:
			sum += *c.Cost
		}
	}
	return sum.Dollars(), true
}

// inPractice is the cost on a target with all commitments and copies that were given; unknown
// without.
func (r Result) inPractice(t spec.Target) Figure {
	var usd *price.USD
	if n := len(r.Practice); n > 0 {
		usd = r.Practice[n-1].Of(t)
	}
	return dollars(string(t)+".practice", "the cost with the commitments and copies that were given", usd)
}

// simulated are the figures of a target under a trace; unknown without one. Of several services
// they are the worst that one of them has, or those of a named one.
func (r Result) simulated(t spec.Target, service string) []Figure {
	var runs, requests, messages []*replay.Result
	for _, one := range r.Simulation.each() {
		run := one.Of(t)
		if run == nil || service != "" && one.Service != service {
			continue
		}
		runs = append(runs, run)
		switch {
		case run.Messages != nil:
			messages = append(messages, run)
		case !one.Runs:
			requests = append(requests, run)
		}
	}
	timed := requests
	if len(timed) == 0 {
		timed = runs
	}
	figure := func(name, means string, runs []*replay.Result, value func(*replay.Result) float64) Figure {
		f := Figure{Name: string(t) + "." + name, Means: means + " under --trace", Known: len(runs) > 0}
		for _, run := range runs {
			f.Value = max(f.Value, value(run))
		}
		return f
	}
	milliseconds := func(of func(replay.Latency) int64) func(*replay.Result) float64 {
		return func(r *replay.Result) float64 { return float64(of(r.Times())) / 1e6 }
	}
	return []Figure{
		figure("age", "the greatest age of the oldest message of a queue, in ms,", messages, func(r *replay.Result) float64 { return float64(r.Messages.Oldest.Max) / 1e6 }),
		figure("p50", "the median latency, in ms,", timed, milliseconds(func(l replay.Latency) int64 { return l.P50 })),
		figure("p99", "its 99th percentile, in ms,", timed, milliseconds(func(l replay.Latency) int64 { return l.P99 })),
		figure("p999", "its 99.9th percentile, in ms,", timed, milliseconds(func(l replay.Latency) int64 { return l.P999 })),
		figure("errors", "the fraction of requests that fail", runs, FailureRate),
	}
}

// each is the simulated services: one, or several that were simulated together.
func (s *Simulation) each() []Simulation {
	switch {
	case s == nil:
		return nil
	case len(s.Services) > 0:
		return s.Services
	}
	return []Simulation{*s}
}

func (r Result) requests() Figure {
	f := Figure{Name: "requests", Means: "requests a month"}
	f.Value, f.Known = r.BreakEven.Requests.Get()
	return f
}

// headroom is how many times the requests may grow until the cheaper target
// changes: infinite where it does not change up to ten times as many, and
// unknown where the curve ends before.
func (r Result) headroom() Figure {
	f := Figure{Name: "headroom", Means: "by what factor requests may grow before the cheaper target changes"}
	requests, known := r.BreakEven.Requests.Get()
	if r.BreakEven.None != "" {
		f.Value, f.Known = math.Inf(1), true
		return f
	}
	if !known || requests == 0 || len(r.BreakEven.Points) == 0 {
		return f
	}
	end := r.BreakEven.Points[len(r.BreakEven.Points)-1].Requests
	f.Value, f.Known = math.Inf(1), end >= reach*requests*(1-1e-9)
	for _, c := range r.BreakEven.Crossings {
		if c.Requests > requests {
			f.Value, f.Known = min(f.Value, c.Requests/requests), true
		}
	}
	return f
}

// coldShare is the largest part of a service's requests that meets a start.
func (r Result) coldShare() Figure {
	f := Figure{Name: "coldStarts", Means: "the fraction of requests that meet a cold start on Lambda, at most", Known: len(r.Services) > 0}
	for _, s := range r.Services {
		if s.Trigger != "" {
			continue // messages wait, and no caller
		}
		share, known := s.Lambda.ColdShare.Get()
		f.Value, f.Known = max(f.Value, share), f.Known && known
	}
	return f
}
