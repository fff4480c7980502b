package draft

import (
	"maps"
	"slices"

	"ambi/spec"
)

// Needs turns variables of a service that hold the address of another one into needs.
// addressed finds the service that a value leads to, and reports whether the value is an
// address and nothing more. What needs would give another name, or call in a circle, stays
// as it is, with a comment; note is told.
func (a *App) Needs(s *Service, addressed func(variable, value string) (*Service, bool), note func(variable, why string)) {
	env, _ := s.Get("env").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value, _ := env[name].(string)
		other, alone := addressed(name, value)
		if other == nil || other == s {
			continue
		}
		variable := spec.AddressVariable(other.Name)
		if !alone || name != variable || a.calls(other.Name, s.Name) {
			note(name, "holds the old address of "+other.Name+"; under needs, "+variable+" is its address on either target")
			s.Comment("env."+name, "the old address of %s: with needs: [%s], %s has the new one", other.Name, other.Name, variable)
			continue
		}
		s.Drop("env", name)
		s.Add("needs", other.Name)
	}
}

// calls reports whether one service calls another, itself or through others.
func (a *App) calls(from, to string) bool {
	seen := map[string]bool{}
	var walk func(string) bool
	walk = func(at string) bool {
		if at == to {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		needs, _ := a.Service(at).Get("needs").([]string)
		return slices.ContainsFunc(needs, walk)
	}
	return walk(from)
}
