package lambda

import "ambi/spec"

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
	case s.Scale.Backlog > 0, len(s.Volumes) > 0: // is said with the queue, and the volumes
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
