package lambda

import "ambi/spec"

// scale decides what is kept warm and what is the most; in between, Lambda starts
// an environment for each request at once.
func (r *resolver) scale(at string, s *spec.Service, out *Service) {
	if out.Events != nil {
		r.eventScale(at, s, out)
	} else {
		r.requestScale(at, s, out)
	}
	out.Provisioned = s.Lambda.Provisioned
	switch {
	case s.Scale.Min == 0 && out.Provisioned == 0:
		r.notes.Exact(at+".scale.min", "nothing runs, and nothing is paid, between requests; a request after a pause meets a cold start")
	case s.Scale.Min == 0:
		r.notes.Dropped(at+".scale.min", "lambda.provisioned keeps environments warm, and is paid for, between requests")
	case out.Provisioned == 0:
		r.notes.Dropped(at+".scale.min", "no environment is kept warm; lambda.provisioned does that")
	default:
		r.notes.Dropped(at+".scale.min", "lambda.provisioned says what is kept warm: %d environments, for as many requests at once", out.Provisioned)
	}
	switch {
	case s.Scale.Backlog > 0: // is said with the queue
	case s.Scale.Memory > 0:
		r.notes.Dropped(at+".scale.memory", "Lambda scales by request, not by utilization")
	case !s.Scale.Requests.IsZero():
		r.notes.Dropped(at+".scale.requests", "an environment takes one request at a time, at any rate; Lambda starts more environments instead")
	default:
		r.notes.Dropped(at+".scale.cpu", "Lambda scales by request, not by utilization")
	}
}

// requestScale decides what bounds the environments of a service over HTTP.
func (r *resolver) requestScale(at string, s *spec.Service, out *Service) {
	switch {
	case s.Concurrency == 1:
		r.notes.Exact(at+".concurrency", "an environment takes one request at a time")
	case s.Lambda.Reserved:
		r.notes.Approximate(at+".concurrency", "an environment takes one request at a time; Lambda starts more of them instead, scale.max x concurrency at most")
	default:
		r.notes.Dropped(at+".concurrency", "an environment takes one request at a time; Lambda starts more of them instead")
	}
	if s.Lambda.Reserved {
		out.Reserved, out.PerInstance = s.Scale.Max*s.Concurrency, s.Concurrency
		r.notes.Exact(at+".scale.max", "%d requests at once, what this many instances take, are the most (lambda.reserved)", out.Reserved)
	} else {
		r.notes.Dropped(at+".scale.max", "the account's concurrency is the only bound; lambda.reserved makes it one")
	}
}
