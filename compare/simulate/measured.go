package simulate

import (
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// Measured scales the run to a month with that many requests of each service: quantities per
// request by the number of requests, and capacity by time.
func (r *Result) Measured(requests map[string]float64) cost.Measured {
	var m cost.Measured
	if len(r.Each) > 0 {
		m = r.measured(0)
		m.Services = map[string]cost.Measured{}
		for _, one := range r.Each {
			m.Services[one.Service] = one.measured(requests[one.Service])
		}
		return m
	}
	return r.measured(requests[r.Service])
}

func (r *Result) measured(requests float64) cost.Measured {
	var m cost.Measured
	if l := r.Lambda; l != nil && l.Requests > 0 {
		months := requests / float64(l.Requests)
		m.Invocations = float64(l.Requests-l.Of(replay.Throttled)) * months
		if l.Messages != nil {
			m.Invocations = float64(l.Messages.Invocations) * months
			m.Receives.Lambda = float64(l.Messages.Receives) * months
		}
		m.GBSeconds = l.GBSeconds(replay.BilledMS) * months
		m.StartGBSeconds = l.GBSeconds(replay.InitMS) * months
		m.ProvisionedGBSeconds = l.GBSeconds(replay.ProvisionedMS) * months
		m.ProvisionedInUse = l.Gauges[replay.Provisioned].Mean
		m.Starts = float64(l.Meters[replay.Started]) * months
	}
	if k := r.Kubernetes; k != nil && k.Span > 0 {
		months := monthsIn(k)
		m.NodeHours = k.Gauges[replay.Nodes].Seconds / 3600 * months
		m.ReplicaHours = k.Gauges[replay.Instances].Seconds / 3600 * months
		if k.Messages != nil && k.Requests > 0 {
			m.Receives.Kubernetes = float64(k.Messages.Receives) * requests / float64(k.Requests)
		}
	}
	return m
}

// GBSeconds is what a meter of billed milliseconds on Lambda is in GB-seconds, over all services.
func (r *Result) GBSeconds(m replay.Meter) float64 {
	if len(r.Each) == 0 && r.Lambda != nil {
		return r.Lambda.GBSeconds(m)
	}
	sum := 0.0
	for _, one := range r.Each {
		sum += one.GBSeconds(m)
	}
	return sum
}

// monthsIn is how many times the run goes into a month.
func monthsIn(r *replay.Result) float64 {
	return demand.SecondsPerMonth / (float64(r.Span) / 1e9)
}

// Months is the length of the run in months, on a target's own clock.
func (r *Result) Months(t spec.Target) float64 {
	s := r.Of(t)
	if s == nil || s.Span == 0 {
		return 0
	}
	return 1 / monthsIn(s)
}

// Spend fills in what a target has cost by each moment, from its month's bill.
// A component's cost goes by what causes it: a fixed one by time, duration by
// what was billed, nodes by node-seconds, and all others by requests. The bill
// must be complete.
func (t *Track) Spend(bill cost.Bill, span time.Duration) {
	if t == nil || bill.Total == nil || span <= 0 {
		return
	}
	var whole drivers
	for _, d := range t.drivers {
		whole.seconds += d.seconds
		whole.requests += d.requests
		whole.billed += d.billed
		whole.starts += d.starts
		whole.nodes += d.nodes
		whole.replicas += d.replicas
	}
	spent := make([]float64, len(t.drivers))
	months := span.Seconds() / demand.SecondsPerMonth
	for _, c := range bill.Components {
		if *c.Cost == 0 {
			continue
		}
		of := driverOf(bill.Target, c, whole)
		dollars := c.Cost.Dollars() * months
		sum := 0.0
		for i, d := range t.drivers {
			sum += of(d)
			spent[i] += float64(dollars * (sum / of(whole)))
		}
	}
	t.Cost = spent
}

// driverOf is what a component's cost goes by, where there is any of it.
func driverOf(target spec.Target, c cost.Component, whole drivers) func(drivers) float64 {
	choices := []func(drivers) float64{}
	switch {
	case c.Fixed:
	case target == spec.Lambda && c.Category == cost.Work && c.Unit == "GB-second":
		choices = append(choices, func(d drivers) float64 { return d.billed })
	case target == spec.Lambda && c.Category == cost.Startup:
		choices = append(choices, func(d drivers) float64 { return d.starts })
	case target == spec.Kubernetes && c.Category != cost.Entry && c.Category != cost.Logs && c.Category != cost.Egress:
		choices = append(choices, func(d drivers) float64 { return d.nodes }, func(d drivers) float64 { return d.replicas })
	default:
		choices = append(choices, func(d drivers) float64 { return d.requests })
	}
	for _, of := range choices {
		if of(whole) > 0 {
			return of
		}
	}
	return func(d drivers) float64 { return d.seconds }
}
