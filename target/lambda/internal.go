package lambda

import (
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// internal has only the services that need this one call its routes.
func (r *resolver) internal(path string, s *spec.Service, out *Service) {
	if s.HTTP.Internal {
		out.Internal = true
		callers := r.callers[out.Name]
		roles := "roles"
		if len(callers) == 1 {
			roles = "role"
		}
		wide := ""
		if slices.ContainsFunc(s.HTTP.Routes, func(route spec.Route) bool {
			return route.Method == spec.Any || slices.ContainsFunc(route.Segments(), func(segment spec.Segment) bool { return segment.Param })
		}) {
			wide = "; the * that stands for ANY and for a parameter in their policies also matches further segments, and with them other internal routes"
		}
		r.notes.Approximate(path, "AWS IAM guards the routes: in the app, only the %s of %s may invoke them, and callers sign each request with SigV4, for the service execute-api%s",
			roles, finding.And(callers), wide)
	} else if r.app.Given(path) {
		r.notes.Exact(path, "callers need not sign their requests")
	}
}
