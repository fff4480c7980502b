package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// across says what becomes of calls to services that only Kubernetes has: they go to its own
// host there, if something keeps strangers from doing the same.
func (r *resolver) across(at string, s *spec.Service, out *Service) {
	for i, other := range s.Needs {
		if r.app.Services[other] != nil {
			continue
		}
		path, callee := element(at+".needs", i), r.app.Needed(other)
		if what, hint := unguarded(callee, r.app.SharesDomain(other), out.VPC); what != "" {
			r.notes.Refused(path, finding.Refusal{Limit: "calls across targets", Page: VPCPage, Hint: hint},
				"cannot be called on target lambda, which does not have %s: %s", other, what)
			continue
		}
		how := "with a token, which the app must bring"
		if callee.HTTP.Auth == nil {
			how = "through the subnets that the function runs in, which must lead to its internal load balancer"
		}
		r.notes.Approximate(path, "%s is %s, where only target kubernetes answers: calls go there %s", spec.AddressVariable(other), addressAcross(callee), how)
	}
}

// addressAcross is where Kubernetes serves a service that Lambda does not have. No stack has to
// be asked for it, so neither target waits for the other.
func addressAcross(callee *spec.Service) string { return "https://" + callee.HTTP.Domain }

// MayCall reports whether a function, in a VPC or not, may call a service that only Kubernetes
// has, whose domain another service shares, or none.
func MayCall(callee *spec.Service, shares string, vpc bool) bool {
	what, _ := unguarded(callee, shares, vpc)
	return what == ""
}

// unguarded says why it may not, and what to do about it; both are empty where it may.
func unguarded(callee *spec.Service, shares string, vpc bool) (what, hint string) {
	in := callee.Kubernetes.Ingress
	inside := in.ALB() && in.Scheme != spec.InternetFacing
	switch {
	case callee.HTTP.Internal:
		return "it is internal, and its NetworkPolicy only allows connections from pods", "give it a domain instead of internal, and http.auth or an internal load balancer; or write both for the same targets"
	case callee.HTTP.Domain == "" || in == nil && callee.Kubernetes.Gateway == nil:
		return "it has no host outside the cluster", "set its http.domain, and kubernetes.ingress or kubernetes.gateway; or write both for the same targets"
	case shares != "":
		return "its domain is also that of " + shares + ", which this target has, so it may lead there", "give it a domain of its own"
	case inside && !vpc:
		return "its load balancer is internal, and this function is in no VPC", "set lambda.vpc: true, and subnetIds that lead to the load balancer"
	case callee.HTTP.Auth == nil && !(inside && in.Scheme == spec.InternalScheme):
		return "nothing keeps strangers from calling it there", "set its http.auth, whose tokens the caller then brings, or kubernetes.ingress with class: alb and scheme: internal; or put its address under env, if it is meant for anyone"
	}
	return "", ""
}
