package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// Options are the fields that only Lambda has, each a key under lambda. A switch that only adds
// to the function needs a field and a finding here, and a line in the template.
type Options struct {
	Provisioned int // environments that the alias keeps warm
	Reserved    int // environments reserved for the function, which are also its maximum; 0 for none
	PerInstance int // of Reserved, for each instance that scale.max allows
	Tracing     bool
	VPC         bool
}

// options decides what only Lambda has.
func (r *resolver) options(at string, s *spec.Service, out *Service) {
	if path := at + ".lambda.provisioned"; out.Reserved > 0 && out.Provisioned > out.Reserved {
		r.notes.Refused(path, finding.Refusal{Limit: "reserved concurrency", Page: ScalingPage, Hint: "raise scale.max, or provision less"},
			"must be at most the %d that lambda.reserved reserves, got %d", out.Reserved, out.Provisioned)
	} else if r.app.Given(path) {
		r.notes.Exact(path, "environments that the alias live keeps warm")
	}
	if path := at + ".lambda.reserved"; s.Lambda.Reserved {
		r.notes.Exact(path, "%d of the account's concurrency (scale.max x concurrency), of which %d must stay unreserved: a new account with a quota of 10 refuses it", out.Reserved, UnreservedConcurrency)
	} else if r.app.Given(path) {
		r.notes.Exact(path, "nothing is reserved")
	}
	out.Tracing, out.VPC = s.Lambda.Tracing, s.Lambda.VPC
	if path := at + ".lambda.tracing"; out.Tracing {
		r.notes.Exact(path, "AWS X-Ray tracing, and the role's permission to send traces")
	} else if r.app.Given(path) {
		r.notes.Exact(path, "the function sends no traces")
	}
	if path := at + ".lambda.vpc"; r.app.Given(path) && !out.VPC && len(out.Access.Reached()) == 0 {
		r.notes.Exact(path, "the function is in no VPC of the account")
	} else if out.VPC {
		r.notes.Exact(path, "the stack's subnetIds and securityGroupIds; "+
			"the subnets need a NAT gateway or endpoints for everything outside, including addresses of needs and AWS itself")
	}
}
