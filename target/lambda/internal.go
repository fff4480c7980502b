package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// internal has only the services that need this one call its routes.
func (r *resolver) internal(path string, s *spec.Service, out *Service) {
	if s.HTTP.Internal {
		out.Internal = true
		r.notes.Approximate(path, "AWS IAM guards the routes: the role of %s may invoke exactly them, and callers sign each request with SigV4, for the service execute-api",
			finding.And(r.callers[out.Name]))
	} else if r.app.Given(path) {
		r.notes.Exact(path, "the routes are open")
	}
}
