package kubernetes

import (
	"ambi/spec"
	"ambi/target/data"
)

// uses gives the pods the locations of the data, and their role the rights to it.
func (r *resolver) uses(name string, s *spec.Service, out *Service) {
	out.Access = data.AccessOf(r.app, name)
	for _, used := range r.app.DataNames() {
		if _, uses := s.Uses[used]; !uses || data.InNetwork(r.app.Data[used].Kind()) {
			continue // network.go says it
		}
		r.notes.Exact("services."+name+".uses."+used, "%s, and statements of the policy of the pods' role: %s",
			listed(spec.DataVariables(used, r.app.Data[used].Kind())), listed(data.Actions(out.Access.GrantsOn(used))))
	}
}
