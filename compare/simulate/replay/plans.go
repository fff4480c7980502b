package replay

// NewPlanTogether plans how the traces of several services that run together are sampled: the same
// minutes of all, since they share what they run on. A minute is calm when it is for each service,
// and alike are minutes in which each has about the same part of about as many requests. The traces
// are equally long. The plan's requests are those of all services, and it is nil as [NewPlan] is.
func NewPlanTogether(services []Counts, options PlanOptions) *Plan {
	all := SumOf(services)
	plan := bestPlan(services, all, options)
	if plan == nil {
		return nil
	}
	for _, one := range services {
		plan.parts = append(plan.parts, plan.with(one))
	}
	return plan
}

// SumOf is the requests of several services together, in equally long traces.
func SumOf(services []Counts) Counts {
	all := Counts{}
	for _, one := range services {
		if all.Minutes == nil {
			all.Minutes, all.Span = make([]float64, len(one.Minutes)), one.Span
		}
		for i, n := range one.Minutes {
			all.Minutes[i] += n
		}
		all.Expected = all.Expected || one.Expected
	}
	return all
}

// with is the same minutes of a trace that is as long.
func (p *Plan) with(counts Counts) *Plan {
	own := *p
	own.parts, own.counts, own.exact = nil, counts.Minutes, !counts.Expected
	own.Requests, own.Simulated = counts.Total(), 0
	for _, i := range own.real {
		own.Simulated += own.counts[i]
	}
	return &own
}

// Of is the plan of one of the services that are sampled together.
func (p *Plan) Of(service int) *Plan { return p.parts[service] }

// levels is the plan of what has levels and no requests.
func (p *Plan) levels() *Plan {
	return p.with(Counts{Minutes: make([]float64, len(p.counts)), Span: p.span})
}
