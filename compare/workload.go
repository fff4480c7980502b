package compare

import (
	"math"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// workloads puts together what the models and the spec say about each service,
// and its traffic.
func workloads(in Input, l lambda.Model, k kubernetes.Model) (cost.App, error) {
	app := cost.App{Secrets: len(l.Secrets), Alarms: lambda.AlarmsOfAPI}
	functions, deployments := map[string]lambda.Service{}, map[string]kubernetes.Service{}
	for _, s := range l.Services {
		functions[s.Name] = s
	}
	for _, s := range k.Services {
		deployments[s.Name] = s
	}
	for _, name := range in.App.ServiceNames() {
		s, function, deployment := in.App.Services[name], functions[name], deployments[name]
		resolved, err := in.Usage[name].Resolve()
		if err != nil {
			return cost.App{}, problem.In("usage of "+name, err)
		}
		app.VPC = app.VPC || s.Lambda.VPC
		app.Workloads = append(app.Workloads, cost.Workload{
			Name: name, Traffic: resolved, Routes: len(s.HTTP.Routes), LogDays: function.LogRetentionDays, Alarms: lambda.AlarmsOfService,
			Function: cost.Function{
				MemoryMB: function.MemoryMB, Architecture: function.Architecture,
				Provisioned: s.Lambda.Provisioned, Secrets: len(function.Secrets),
			},
			Pod: pod(s, deployment),
		})
	}
	return app, nil
}

// pod is what a Deployment's pods request, and where the autoscaler keeps them.
func pod(s *spec.Service, d kubernetes.Service) cost.Pod {
	p := cost.Pod{
		MilliCPU: int(s.CPU.Milli()), MemoryMiB: d.MemoryMiB, Min: max(d.MinReplicas, 1), Concurrency: s.Concurrency, TargetPercent: 100,
	}
	if s.Scale.CPU > 0 {
		p.TargetPercent = s.Scale.CPU
	}
	if !s.Scale.Requests.IsZero() {
		p.TargetRate = s.Scale.Requests.PerSecond()
	}
	if s.Kubernetes.ScaleToZero != nil && s.Kubernetes.ScaleToZero.KEDA != nil {
		p.Min = d.MinReplicas
	}
	return p
}

// services compares each service on its own, and beside the others.
func (c *comparison) services(whole pair, r Result) ([]Service, error) {
	var list []Service
	for i, w := range c.app.Workloads {
		s := Service{
			Name: w.Name, Usage: w.Traffic.Usage, Lambda: c.function(w), Kubernetes: c.replicas(w),
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
		one := cost.App{Alarms: lambda.AlarmsOfAPI, Workloads: []cost.Workload{w}, Secrets: w.Function.Secrets, VPC: c.App.Services[w.Name].Lambda.VPC}
		alone, err := c.prepare(one, c.Choices)
		if err != nil {
			return nil, err
		}
		own := Result{Lambda: alone.side(spec.Lambda), Kubernetes: alone.side(spec.Kubernetes), Fit: fitOf(r.Fit, w.Name), Operations: r.Operations, ColdStarts: coldOf(r.ColdStarts, w.Name)}
		s.Alone = Costs{own.Lambda.total(), own.Kubernetes.total()}
		if alone.complete() {
			s.Crossings = breakeven.Crossings(alone.sides(), alone.sweep(servicePoints))
		}
		if s.Crossings == nil {
			s.Crossings = []breakeven.Crossing{}
		}
		s.Verdict = c.verdict(alone, own)
		if len(c.app.Workloads) <= largeApp {
			s.Together = c.together(whole, i)
		}
		list = append(list, s)
	}
	return list, nil
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
	billed, known := cost.BilledDuration(w.Traffic, w.Function.MemoryMB)
	if !known {
		return f
	}
	f.BilledMS = demand.Known(billed.Seconds() * 1000)
	rate := w.Traffic.PerSecond()
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

// replicas is how a service runs on Kubernetes.
func (c *comparison) replicas(w cost.Workload) Replicas {
	r := Replicas{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB, Min: w.Pod.Min, Max: c.App.Services[w.Name].Scale.Max}
	if n, _, ok := cost.Replicas(w, 1); ok {
		r.Mean = demand.Known(n)
	}
	if w.Traffic.Profile.Known() {
		if n, by, ok := cost.Replicas(w, w.Traffic.Profile.Peak()); ok {
			r.Peak, r.DecidedBy = demand.Known(n), by
		}
	}
	return r
}

// coldOf is what the estimates of cold starts say about one service.
func coldOf(list []ColdStarts, name string) []ColdStarts {
	var own []ColdStarts
	for _, starts := range list {
		if i := slices.IndexFunc(starts.Services, func(s ServiceColdStart) bool { return s.Service == name }); i >= 0 {
			starts.Services = starts.Services[i : i+1]
		}
		own = append(own, starts)
	}
	return own
}

// fitOf is what a report says about one service, and about all of them.
func fitOf(report fit.Report, service string) fit.Report {
	only := func(limits []fit.Limit) []fit.Limit {
		return slices.DeleteFunc(slices.Clone(limits), func(l fit.Limit) bool { return l.Service != "" && l.Service != service })
	}
	return fit.Report{Blockers: only(report.Blockers), Warnings: only(report.Warnings)}
}
