package compare

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// Simulation is the result of both targets under one trace. A comparison that has one uses it
// for costs.
type Simulation struct {
	simulate.Result
	Timeline simulate.Timeline `json:"timeline"`
	// LambdaCost and KubernetesCost are the costs of the trace itself, at the month's prices;
	// null if a figure is missing, or above a billion dollars.
	LambdaCost     *price.USD `json:"lambdaCost"`
	KubernetesCost *price.USD `json:"kubernetesCost"`
	// Services are those of an app that were simulated together: then all else is of the app,
	// which is paid for as a whole, and their costs are null.
	Services []Simulation `json:"services,omitempty"`
}

// month is a month of 730 hours in nanoseconds.
const month = int64(demand.SecondsPerMonth * time.Second)

// Cost is the cost of the trace on a target; nil if it is unknown.
func (s *Simulation) Cost(t spec.Target) *price.USD { return *s.costs().Of(t) }

func (s *Simulation) costs() target.Pair[**price.USD] {
	return target.Pair[**price.USD]{Lambda: &s.LambdaCost, Kubernetes: &s.KubernetesCost}
}

// simulation puts a run and the bills that follow from it together.
func simulation(r *simulate.Result, bills Result) *Simulation {
	s := priced(r, bills)
	for _, one := range r.Each {
		s.Services = append(s.Services, *priced(one, Result{}))
	}
	return s
}

func priced(r *simulate.Result, bills Result) *Simulation {
	s := &Simulation{Result: *r, Timeline: r.Timeline()}
	s.Assumptions = []simulate.Assumption{} // they are among the comparison's
	// The timeline has what both series say, and its bounds are smaller.
	s.Trace.Rate.Count, s.Trace.Rate.Peak = []int64{}, []int64{}
	for _, t := range spec.Targets() {
		run := r.Of(t)
		if run == nil {
			continue
		}
		short := *run
		short.Series = nil
		*s.At(t) = &short
		bill := bills.Of(t).Bill
		if bill == nil || bill.Total == nil {
			continue
		}
		if part := bill.Total.Part(run.Span, month); part <= price.Most {
			*s.costs().Of(t) = &part
		}
		s.Timeline.Of(t).Spend(*bill, time.Duration(run.Span))
	}
	return s
}

// withSimulation is an app with what its simulation found.
func withSimulation(in Input, app cost.App) (cost.App, error) {
	requests := map[string]float64{}
	for _, w := range app.Workloads {
		requests[w.Name] = w.Traffic.Requests.Or(0)
	}
	return app.Corrected(in.Sheet, in.Catalog, in.Choices, in.Behavior.Measured(requests))
}

// AcceptableFailures is the part of the requests that may be throttled, time out or
// fail before a comparison warns.
const AcceptableFailures = .001

// failureRateOn is the part of a trace's requests that were throttled, timed out or
// failed on a target.
func failureRateOn(r *simulate.Result, t spec.Target) float64 {
	if r == nil || r.Of(t) == nil || r.Of(t).Requests == 0 {
		return 0
	}
	return FailureRate(r.Of(t))
}

// reliableTargets are the targets on which a whole simulation lost no more than
// AcceptableFailures.
func reliableTargets(r *simulate.Result) target.Pair[bool] {
	return target.PairOf(func(t spec.Target) bool {
		return r != nil && !r.Partial && r.Of(t) != nil && r.Of(t).Requests > 0 && failureRateOn(r, t) <= AcceptableFailures
	})
}

// FailureRate is the part of a run's requests that were throttled, timed out or
// failed.
func FailureRate(run *replay.Result) float64 {
	return float64(run.Of(replay.Throttled)+run.Of(replay.TimedOut)+run.Of(replay.Failed)) / float64(max(run.Requests, 1))
}

// failureWarnings warns of requests that were not served in a simulation.
func failureWarnings(app *target.Resolved, r *simulate.Result) []fit.Limit {
	var list []fit.Limit
	for _, one := range r.Each {
		list = append(list, failureWarnings(app, one)...)
	}
	if len(r.Each) > 0 {
		return list
	}
	path := "services." + r.Service + ".scale"
	at := app.App.Position(path)
	for _, t := range spec.Targets() {
		run := r.Of(t)
		if run == nil || run.Requests == 0 {
			continue
		}
		part := failureRateOn(r, t)
		if part <= AcceptableFailures {
			continue
		}
		bad := run.Of(replay.Throttled) + run.Of(replay.TimedOut) + run.Of(replay.Failed)
		worst := replay.Served
		for o := range replay.Outcomes {
			if o != replay.Served && (worst == replay.Served || run.Outcomes[o] > run.Outcomes[worst]) {
				worst = o
			}
		}
		list = append(list, fit.Limit{
			Target: t, Severity: fit.Warning, Service: r.Service, Path: path, Line: at.Line, Column: at.Column,
			Name: "requests that failed in the simulation", Value: fmt.Sprintf("%.4g %%", 100*AcceptableFailures), Actual: fmt.Sprintf("%.4g %%", 100*part),
			Message: fmt.Sprintf("%d of %d requests of the trace were throttled, timed out or failed, most of them %s", bad, run.Requests, worst),
			Hint:    "ambi simulate shows when, and --slo finds the change that avoids it",
		})
	}
	return list
}

// simulated puts what a run found in the place of what averages say about a
// service.
func (s *Service) simulated(r *simulate.Result) {
	if r == nil {
		return
	}
	if i := slices.IndexFunc(r.Each, func(one *simulate.Result) bool { return one.Service == s.Name }); i >= 0 {
		r = r.Each[i]
	}
	if r.Service != s.Name {
		return
	}
	if l := r.Lambda; l != nil {
		use := l.Gauges[replay.InUse]
		s.Lambda.MeanConcurrency, s.Lambda.PeakConcurrency = demand.Known(use.Mean), demand.Known(float64(use.Max))
		s.Lambda.ColdShare = demand.Known(l.ColdShare())
	}
	if k := r.Kubernetes; k != nil {
		pods := k.Gauges[replay.Instances]
		s.Kubernetes.Mean, s.Kubernetes.Peak = demand.Known(int(math.Round(pods.Mean))), demand.Known(int(pods.Max))
		s.Kubernetes.DecidedBy = "simulation"
	}
}
