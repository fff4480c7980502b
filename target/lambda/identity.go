package lambda

import (
	"encoding/json"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// Permission is one statement of the role's policy.
type Permission struct {
	Actions, Resources []string
	Why                string // a wildcard is needed; empty where there is none
}

// permissions copies the statements of the role's policy as they are.
func (r *resolver) permissions(at string, s *spec.Service, out *Service) {
	bytes := rolePolicyBytes + secretReferenceBytes*len(out.Secrets) + grantBytes*len(out.Access.Grants)
	for _, internal := range out.Invokes {
		for _, route := range r.app.Services[internal].HTTP.Routes {
			bytes += invokeBytes + len(route.String())
		}
	}
	for i, p := range s.Permissions {
		path := element(at+".permissions", i)
		statement := Permission{Actions: p.Actions, Resources: p.Resources}
		if wild(p) {
			statement.Why = p.Why
			r.notes.Exact(path, "a statement of the role's policy, with its reason beside it")
		} else {
			r.notes.Exact(path, "a statement of the role's policy")
			if p.Why != "" {
				r.notes.Dropped(path+".why", "only a statement with a * has its reason beside it")
			}
		}
		out.Permissions = append(out.Permissions, statement)
		text, _ := json.Marshal([][]string{p.Actions, p.Resources}) // lists of strings always can be
		bytes += len(text) + len(`{"Effect":"Allow","Action":,"Resource":},`)
	}
	if bytes > MaxRolePolicyBytes {
		because, hint := at+".permissions", "combine ARNs with a wildcard in their resource part, or split the service"
		if len(s.Permissions) == 0 && len(out.Invokes) > 0 {
			because, hint = at+".needs", "need internal services with fewer routes: a route with {path+} takes a whole prefix"
		}
		r.notes.Refused(because, finding.Refusal{Limit: "role policy", Page: IAMQuotasPage, Hint: hint},
			"must fit in %d bytes of policy on target lambda, got about %d: the inline policies of a role have no more room", MaxRolePolicyBytes, bytes)
	}
}

// wild reports whether a statement has a lone * somewhere.
func wild(p spec.Permission) bool {
	return slices.ContainsFunc(p.Actions, func(a string) bool { return a == "*" || strings.HasSuffix(a, ":*") }) ||
		slices.ContainsFunc(p.Resources, func(r string) bool { return r == "*" || strings.HasSuffix(r, ":*") })
}
