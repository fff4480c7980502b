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
			old := "the old address of " + other.Name
			why := old + ": add needs: [" + other.Name + "] and remove this line; " + variable + " then has the new address, without a path"
			if name != variable {
				why += ", and the app has to read that variable"
			}
			if a.calls(other.Name, s.Name) {
				why = old + ", which calls this service: needs cannot go in a circle, so write the new address"
			}
			note(name, "holds "+why)
			s.Comment("env."+name, "%s", why)
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

// alone gives services that only Kubernetes can run their target, and those that call them too. It
// reports whether that is all of them: then the app has the target.
func (a *App) alone() bool {
	for changed := true; changed; {
		changed = false
		for _, s := range a.Services {
			needs, _ := s.Get("needs").([]string)
			for _, other := range a.Services {
				if other.Alone && !s.Alone && slices.Contains(needs, other.Name) {
					s.Alone, changed = true, true
				}
			}
		}
	}
	if !slices.ContainsFunc(a.Services, func(s *Service) bool { return !s.Alone }) {
		return len(a.Services) > 0
	}
	for _, s := range a.Services {
		if s.Alone {
			s.Set("targets", []string{string(spec.Kubernetes)})
		}
	}
	return false
}
