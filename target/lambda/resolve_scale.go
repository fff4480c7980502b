package lambda

import (
	"ambi/spec"
)

// scale decides what is kept warm and what is the most; in between, Lambda starts
// an environment for each request at once.
func (r *resolver) scale(at string, s *spec.Service, out *Service) {
	switch {
	case s.Concurrency == 1:
		r.notes.Exact(at+".concurrency", "an environment takes one request at a time")
	case s.Lambda.Reserved:
		r.notes.Approximate(at+".concurrency", "an environment takes one request at a time; Lambda starts more of them instead, scale.max x concurrency at most")
	default:
		r.notes.Dropped(at+".concurrency", "an environment takes one request at a time; Lambda starts more of them instead")
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
	if s.Lambda.Reserved {
		out.Reserved = s.Scale.Max * s.Concurrency
		r.notes.Exact(at+".scale.max", "%d requests at once, what this many instances take, are the most (lambda.reserved)", out.Reserved)
	} else {
		r.notes.Dropped(at+".scale.max", "the account's concurrency is the only bound; lambda.reserved makes it one")
	}
	switch {
	case s.Scale.Memory > 0:
		r.notes.Dropped(at+".scale.memory", "Lambda scales by request, not by utilization")
	case !s.Scale.Requests.IsZero():
		r.notes.Dropped(at+".scale.requests", "an environment takes one request at a time, whatever the rate; Lambda starts more of them instead")
	default:
		r.notes.Dropped(at+".scale.cpu", "Lambda scales by request, not by utilization")
	}
}

// options decides what only Lambda has.
func (r *resolver) options(at string, s *spec.Service, out *Service) {
	if path := at + ".lambda.provisioned"; out.Reserved > 0 && out.Provisioned > out.Reserved {
		r.notes.Refused(path, "raise scale.max, or provision less",
			"must be at most the %d that lambda.reserved reserves, got %d", out.Reserved, out.Provisioned)
	} else if r.app.Given(path) {
		r.notes.Exact(path, "environments that the alias live keeps warm")
	}
	if path := at + ".lambda.reserved"; s.Lambda.Reserved {
		r.notes.Exact(path, "%d of the account's concurrency (scale.max x concurrency), which must leave 100 for others: a new account with a quota of 10 refuses it", out.Reserved)
	} else if r.app.Given(path) {
		r.notes.Exact(path, "nothing is reserved")
	}
	out.Tracing, out.VPC = s.Lambda.Tracing, s.Lambda.VPC
	if path := at + ".lambda.tracing"; r.app.Given(path) {
		r.notes.Exact(path, "AWS X-Ray traces, with the role's right to send them")
	}
	if path := at + ".lambda.vpc"; r.app.Given(path) {
		r.notes.Exact(path, "the stack's subnetIds and securityGroupIds; "+
			"the subnets need a NAT gateway or endpoints for whatever lies outside, addresses of needs and AWS itself included")
	}
}

// kubernetes notes what only the other target has. The namespace has a default,
// the rest counts where the spec gives it.
func (r *resolver) kubernetes(at string) {
	r.notes.Dropped(at+".namespace", "only the kubernetes target has namespaces")
	for _, option := range []struct{ key, message string }{
		{"pullSecrets", "Lambda pulls the image from ECR by itself"},
		{"identity", "the function has its role without it"},
		{"ingress.class", "the HTTP API serves the routes"},
		{"ingress.tlsSecret", "the stack's certificateArn is the certificate"},
		{"gateway.name", "the HTTP API serves the routes"},
		{"gateway.namespace", "the HTTP API serves the routes"},
		{"metric", "Lambda scales by request, not by a metric"},
		{"scaleToZero.floor", "Lambda scales to zero by itself"},
		{"scaleToZero.keda.prometheus", "Lambda scales to zero by itself"},
		{"scaleToZero.keda.query", "Lambda scales to zero by itself"},
		{"serviceMonitor", "CloudWatch has the function's metrics"},
		{"serviceMonitor.path", "CloudWatch has the function's metrics"},
	} {
		if r.app.Given(at + "." + option.key) {
			r.notes.Dropped(at+"."+option.key, "%s", option.message)
		}
	}
}
