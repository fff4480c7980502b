package lambda

import "ambi/spec"

// connections says how many connections to a database the environments hold, each one.
func (r *resolver) connections(at string, s *spec.Service, out *Service) {
	if s.Connections == 0 {
		return
	}
	out.Connections, out.MostConnections = s.Connections, AccountConcurrency
	bound := "the account's concurrency, 1,000, bounds its environments"
	switch {
	case out.Schedule != nil:
		out.MostConnections, bound = 1, "a run is one environment, and runs may overlap"
	case out.Reserved > 0:
		out.MostConnections, bound = out.Reserved, "lambda.reserved bounds its environments"
	case out.Events != nil:
		out.MostConnections, bound = out.Events.MaximumConcurrency, "the mapping's maximumConcurrency bounds its environments"
	}
	more := ""
	if out.MostConnections > out.Connections {
		more = ", more than the " + itoa(out.Connections) + " allowed"
	}
	r.notes.Dropped(at+".connections", "nothing enforces it: %s, each with one connection, so the service can hold up to %d%s", bound, out.MostConnections, more)
}

// scale decides what is kept warm and what is the most; in between, Lambda starts
// an environment for each request at once.
func (r *resolver) scale(at string, s *spec.Service, out *Service) {
	if out.Schedule != nil {
		return // each run is an invocation, and nothing is between them
	}
	if out.Events != nil {
		r.eventScale(at, s, out)
	} else {
		r.requestScale(at, s, out)
	}
	out.Provisioned = s.Lambda.Provisioned
	switch {
	case s.Scale.Min == 0 && out.Provisioned == 0:
		r.notes.Exact(at+".scale.min", "nothing runs or is billed between requests; a request after a pause meets a cold start")
	case s.Scale.Min == 0:
		r.notes.Dropped(at+".scale.min", "lambda.provisioned keeps environments warm between requests, and is billed for it")
	case out.Provisioned == 0:
		r.notes.Dropped(at+".scale.min", "no environment is kept warm; lambda.provisioned does that")
	default:
		r.notes.Dropped(at+".scale.min", "lambda.provisioned decides: it keeps %d environments warm, for as many requests at once", out.Provisioned)
	}
	switch {
	case s.Scale.Backlog > 0: // is said with the queue
	case s.Scale.Memory > 0:
		r.notes.Dropped(at+".scale.memory", "Lambda scales by request, not by utilization")
	case !s.Scale.Requests.IsZero():
		r.notes.Dropped(at+".scale.requests", "an environment handles one request at a time, at any rate; Lambda starts more environments instead")
	default:
		r.notes.Dropped(at+".scale.cpu", "Lambda scales by request, not by utilization")
	}
}

// requestScale decides what bounds the environments of a service over HTTP.
func (r *resolver) requestScale(at string, s *spec.Service, out *Service) {
	switch {
	case s.Concurrency == 1:
		r.notes.Exact(at+".concurrency", "an environment handles one request at a time")
	case s.Lambda.Reserved:
		r.notes.Approximate(at+".concurrency", "an environment handles one request at a time; Lambda starts more environments instead, at most scale.max x concurrency")
	default:
		r.notes.Dropped(at+".concurrency", "an environment handles one request at a time; Lambda starts more environments instead")
	}
	if s.Lambda.Reserved {
		out.Reserved, out.PerInstance = s.Scale.Max*s.Concurrency, s.Concurrency
		r.notes.Exact(at+".scale.max", "at most %d requests at once, as many as this number of instances would handle (lambda.reserved)", out.Reserved)
	} else {
		r.notes.Dropped(at+".scale.max", "only the account's concurrency limits the function; set lambda.reserved to apply this limit")
	}
}
