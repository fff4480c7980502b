package compare

import (
	"fmt"
	"math"
	"time"

	"ambi/compare/behavior"
	"ambi/compare/cost"
	"ambi/compare/fit"
	"ambi/compare/prices"
	"ambi/compare/simulate"
	"ambi/compare/traffic"
	"ambi/spec"
)

// Simulation is how both targets behaved under one trace. The costs of a
// comparison that has one go by it.
type Simulation struct {
	behavior.Result
	Timeline behavior.Timeline `json:"timeline"`
	// LambdaCost and KubernetesCost are what the trace itself would have cost, at
	// the month's prices; null while a figure is missing, or above a billion dollars.
	LambdaCost     *prices.USD `json:"lambdaCost"`
	KubernetesCost *prices.USD `json:"kubernetesCost"`
}

// month is a month of 730 hours in nanoseconds.
const month = int64(traffic.SecondsPerMonth * time.Second)

// Cost is what the trace would have cost on a target; nil while it is unknown.
func (s *Simulation) Cost(t spec.Target) *prices.USD {
	if t == spec.Lambda {
		return s.LambdaCost
	}
	return s.KubernetesCost
}

// simulation puts a run and the bills that follow from it together.
func simulation(r *behavior.Result, bills Result) *Simulation {
	s := &Simulation{Result: *r, Timeline: r.Timeline()}
	s.Assumptions = []behavior.Assumption{} // they are among the comparison's
	// The timeline has what both series say, and its bounds are smaller.
	s.Trace.Rate.Count, s.Trace.Rate.Peak = []int64{}, []int64{}
	for _, t := range spec.Targets() {
		run := r.Of(t)
		if run == nil {
			continue
		}
		short := *run
		short.Series = nil
		track, bill, into, of := s.Timeline.Lambda, bills.Lambda.Bill, &s.LambdaCost, &s.Lambda
		if t == spec.Kubernetes {
			track, bill, into, of = s.Timeline.Kubernetes, bills.Kubernetes.Bill, &s.KubernetesCost, &s.Kubernetes
		}
		*of = &short
		if bill == nil || bill.Total == nil {
			continue
		}
		if part := bill.Total.Part(run.Span, month); part <= prices.Most {
			*into = &part
		}
		track.Spend(*bill, time.Duration(run.Span))
	}
	return s
}

// corrected is an app with what its simulation found.
func corrected(in Input, app cost.App) (cost.App, error) {
	requests := 0.0
	for _, w := range app.Workloads {
		requests += w.Traffic.Requests.Or(0)
	}
	return app.Corrected(in.Sheet, in.Catalog, in.Choices, in.Behavior.Measured(requests))
}

// mayFail is the part of the requests that may end badly before a comparison
// warns of it.
const mayFail = .001

// badly is the part of a trace's requests that were throttled, timed out or
// failed on a target.
func badly(r *behavior.Result, t spec.Target) float64 {
	if r == nil || r.Of(t) == nil || r.Of(t).Requests == 0 {
		return 0
	}
	return ended(r.Of(t))
}

// served are the targets on which next to none did.
func served(r *behavior.Result) map[spec.Target]bool {
	list := map[spec.Target]bool{}
	for _, t := range spec.Targets() {
		list[t] = r != nil && !r.Partial && r.Of(t) != nil && r.Of(t).Requests > 0 && badly(r, t) <= mayFail
	}
	return list
}

// ended is the part of a run's requests that ended badly.
func ended(run *simulate.Result) float64 {
	return float64(run.Of(simulate.Throttled)+run.Of(simulate.TimedOut)+run.Of(simulate.Failed)) / float64(max(run.Requests, 1))
}

// suffered warns of requests that ended badly in a simulation.
func suffered(app *spec.App, r *behavior.Result) []fit.Limit {
	var list []fit.Limit
	path := "services." + r.Service + ".scale"
	at := app.Position(path)
	for _, t := range spec.Targets() {
		run := r.Of(t)
		if run == nil || run.Requests == 0 {
			continue
		}
		part := badly(r, t)
		if part <= mayFail {
			continue
		}
		bad := run.Of(simulate.Throttled) + run.Of(simulate.TimedOut) + run.Of(simulate.Failed)
		worst := simulate.Served
		for o := range simulate.Outcomes {
			if o != simulate.Served && (worst == simulate.Served || run.Outcomes[o] > run.Outcomes[worst]) {
				worst = o
			}
		}
		list = append(list, fit.Limit{
			Target: t, Severity: fit.Warning, Service: r.Service, Path: path, Line: at.Line, Column: at.Column,
			Name: "requests that end badly, in the simulation", Value: fmt.Sprintf("%.4g %%", 100*mayFail), Actual: fmt.Sprintf("%.4g %%", 100*part),
			Message: fmt.Sprintf("%d of %d requests of the trace were throttled, timed out or failed, most of them %s", bad, run.Requests, worst),
			Hint:    "ambi simulate shows when, and --slo finds what would have to change",
		})
	}
	return list
}

// simulated puts what a run found in the place of what averages say about a
// service.
func (s *Service) simulated(r *behavior.Result) {
	if r == nil || r.Service != s.Name {
		return
	}
	if l := r.Lambda; l != nil {
		use := l.Gauges[simulate.InUse]
		s.Lambda.MeanConcurrency, s.Lambda.PeakConcurrency = traffic.Known(use.Mean), traffic.Known(float64(use.Max))
		s.Lambda.ColdShare = traffic.Known(l.ColdShare())
	}
	if k := r.Kubernetes; k != nil {
		pods := k.Gauges[simulate.Instances]
		s.Kubernetes.Mean, s.Kubernetes.Peak = traffic.Known(int(math.Round(pods.Mean))), traffic.Known(int(pods.Max))
		s.Kubernetes.DecidedBy = "simulation"
	}
}
