package compare

import (
	"math"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/target"
	"ambi/target/lambda"
)

// workloads puts together what the models say about each service, and its traffic.
func workloads(in Input) (cost.App, error) {
	l := in.Resolved.Lambda
	app := cost.App{Secrets: len(l.Secrets)}
	if l.HasHTTP() {
		app.Alarms = lambda.AlarmsOfAPI
	}
	for i, deployment := range in.Resolved.Kubernetes.Services {
		function := l.Services[i] // both are by name
		usage := in.Usage[function.Name]
		if s := cost.ScheduleOf(deployment); s != nil {
			usage = s.Usage(usage)
		}
		resolved, err := usage.Resolve()
		if deployment.Worker {
			resolved, err = cost.WorkerTraffic(), nil
		}
		if err != nil {
			return cost.App{}, problem.In("usage of "+function.Name, err)
		}
		app.VPC = app.VPC || function.VPC
		app.Workloads = append(app.Workloads, cost.WorkloadOf(function, deployment, resolved))
	}
	return app, nil
}

// reaching are an app's services without the requests that a CDN answers.
func (c *comparison) reaching(app cost.App) []cost.Workload {
	var list []cost.Workload
	for _, w := range app.Workloads {
		list = append(list, w.Reaching(c.Choices))
	}
	return list
}

// services compares each service on its own, and beside the others.
func (c *comparison) services(whole pair, r Result) ([]Service, error) {
	var list []Service
	fits := byService(r.Fit)
	for i, w := range c.app.Workloads {
		s := Service{
			Name: w.Name, Trigger: trigger(w), Usage: w.Traffic.Usage, Lambda: c.function(w.Reaching(c.Choices)), Kubernetes: c.deployed(w),
			Crossings: []breakeven.Crossing{},
		}
		s.simulated(c.Behavior)
		if len(c.app.Workloads) == 1 {
			s.Alone = Costs{r.Lambda.total(), r.Kubernetes.total()}
			s.Verdict = r.Verdict
			for _, crossing := range r.BreakEven.Crossings {
				s.Crossings = append(s.Crossings, crossing.Crossing)
			}
			return append(list, s), nil
		}
		one := cost.App{Alarms: lambda.AlarmsOfAPI, Workloads: []cost.Workload{w}, Secrets: w.Function.Secrets, VPC: c.Resolved.Lambda.Services[i].VPC}
		if !w.OverHTTP() { // it has its queue, if any, and no API
			one.Alarms, one.Data.Queues = 0, c.ownQueue(w.Name)
		}
		alone, err := c.prepare(one, c.Choices)
		if err != nil {
			return nil, err
		}
		own := Result{Pair: target.PairOf(alone.side), Fit: fits.of(w.Name), Operations: r.Operations, ColdStarts: coldOf(r.ColdStarts, i)}
		s.Alone = Costs{own.Lambda.total(), own.Kubernetes.total()}
		if alone.complete() && !one.Fixed() {
			s.Crossings = settled(alone.sides(), alone.sweep(servicePoints))
		}
		s.Verdict = c.verdict(alone, own)
		if len(c.app.Workloads) <= largeApp {
			s.Together = c.together(whole, i)
		}
		list = append(list, s)
	}
	return list, nil
}

// ownQueue is how many queues with alarms there are for the messages of a service: none, or one.
func (c *comparison) ownQueue(service string) int {
	for _, q := range c.Resolved.Data.Queues {
		if q.Consumer == service && !q.Existing {
			return 1
		}
	}
	return 0
}

// trigger is what starts a service that requests do not reach; empty for others.
func trigger(w cost.Workload) string {
	switch {
	case w.Schedule != nil:
		return "schedule"
	case w.Worker:
		return "worker"
	case w.Events == nil:
		return ""
	case w.Events.Uploads:
		return "uploads"
	}
	return "queue"
}

// servicePoints is how closely a service's own curve is looked at; crossings
// between the points are found all the same.
const servicePoints = 60

// together is what the app would save without one of its services.
func (c *comparison) together(whole pair, without int) *Costs {
	rest := c.app
	rest.Workloads = append(append([]cost.Workload{}, c.app.Workloads[:without]...), c.app.Workloads[without+1:]...)
	others, err := c.prepare(rest, c.Choices)
	if err != nil {
		return nil
	}
	lambda, kubernetes, known := whole.at(1)
	restLambda, restKubernetes, restKnown := others.at(1)
	if !known || !restKnown {
		return nil
	}
	lambda, kubernetes = lambda-restLambda, kubernetes-restKubernetes
	return &Costs{&lambda, &kubernetes}
}

// function is how a service runs on Lambda.
func (c *comparison) function(w cost.Workload) Function {
	f := Function{MemoryMB: w.Function.MemoryMB, Architecture: w.Function.Architecture}
	billed, known := cost.BilledDuration(w)
	if !known {
		return f
	}
	f.BilledMS = demand.Known(billed.Seconds() * 1000)
	rate := w.Invocations() / demand.SecondsPerMonth
	if math.IsNaN(rate) {
		return f
	}
	f.MeanConcurrency = demand.Known(rate * billed.Seconds())
	if w.Traffic.Profile.Known() {
		f.PeakConcurrency = demand.Known(rate * w.Traffic.Profile.Peak() * billed.Seconds())
		f.ColdShare = coldShare(w, c.Choices.Lambda.KeepAlive.Std())
	}
	return f
}

// deployed is how a service runs on Kubernetes.
func (c *comparison) deployed(w cost.Workload) Replicas {
	deployment, _ := c.Resolved.Kubernetes.Service(w.Name)
	r := Replicas{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB, Min: w.Pod.Min, Max: deployment.MaxReplicas}
	if n, _, ok := c.replicas.At(w.Name, 1); ok {
		r.Mean = demand.Known(n)
	}
	if w.Traffic.Profile.Known() {
		if n, by, ok := c.replicas.At(w.Name, w.Traffic.Profile.Peak()); ok {
			r.Peak, r.DecidedBy = demand.Known(n), by
		}
	}
	return r
}

// coldOf is what the estimates of cold starts say about one service, by its number.
func coldOf(list []ColdStarts, service int) []ColdStarts {
	var own []ColdStarts
	for _, starts := range list {
		starts.Services = starts.Services[service : service+1]
		own = append(own, starts)
	}
	return own
}

// fits are the parts of a report that are about one service, and about none.
type fits struct {
	own   map[string]*fit.Report
	every fit.Report
}

func byService(report fit.Report) fits {
	f := fits{own: map[string]*fit.Report{}}
	place := func(l fit.Limit) *fit.Report {
		if l.Service == "" {
			return &f.every
		}
		if f.own[l.Service] == nil {
			f.own[l.Service] = &fit.Report{}
		}
		return f.own[l.Service]
	}
	for _, l := range report.Blockers {
		place(l).Blockers = append(place(l).Blockers, l)
	}
	for _, l := range report.Knobs {
		place(l).Knobs = append(place(l).Knobs, l)
	}
	for _, l := range report.Warnings {
		place(l).Warnings = append(place(l).Warnings, l)
	}
	return f
}

// of is what is said about one service, and about all of them, in the report's order.
func (f fits) of(service string) fit.Report {
	own := f.own[service]
	if own == nil {
		return f.every
	}
	return fit.Report{
		Blockers: fit.InOrder(f.every.Blockers, own.Blockers),
		Knobs:    fit.InOrder(f.every.Knobs, own.Knobs),
		Warnings: fit.InOrder(f.every.Warnings, own.Warnings),
	}
}
