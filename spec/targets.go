package spec

import (
	"fmt"
	"slices"
)

// For reports whether the service is written for a target.
func (s *Service) For(t Target) bool { return len(s.Targets) == 0 || slices.Contains(s.Targets, t) }

// OnlyTarget is the target of a service that is written for one of the app's; empty for others.
func (a *App) OnlyTarget(service string) Target {
	if s := a.Services[service]; s != nil && s.Alone() {
		return s.Targets[0]
	}
	return ""
}

// Alone reports whether the service is written for fewer targets than its app.
func (s *Service) Alone() bool { return len(s.Targets) > 0 }

// On returns the app with the services that are written for a target; a itself stays as it is.
func (a *App) On(t Target) *App {
	part := *a
	part.whole = a
	part.Services = map[string]*Service{}
	for name, s := range a.Services {
		if s.For(t) {
			part.Services[name] = s
		}
	}
	return &part
}

// Everywhere returns the app with every service on all of the app's targets, but for those that
// stand in for another service on theirs: both have a route. Nothing switches between the targets,
// since a service that is placed anew may have nothing that serves its domain there. a itself
// stays as it is.
func (a *App) Everywhere() *App {
	whole := *a
	whole.whole, whole.Switch, whole.weighted = nil, nil, a.Weighted()
	whole.Services = map[string]*Service{}
	for name, s := range a.Services {
		if s.Alone() && !a.standsIn(name) {
			one := *s
			one.Targets, s = nil, &one
		}
		whole.Services[name] = s
	}
	return &whole
}

// standsIn reports whether a service and one that shares no target with it have the same route.
func (a *App) standsIn(service string) bool {
	s := a.Services[service]
	for name, other := range a.Services {
		if name == service || a.together(s, other) {
			continue
		}
		if slices.ContainsFunc(s.HTTP.Routes, func(r Route) bool { return slices.Contains(other.HTTP.Routes, r) }) {
			return true
		}
	}
	return false
}

// narrow keeps the targets of those services alone that are not written for all of the app's.
func (a *App) narrow() {
	for _, s := range a.Services {
		if !slices.ContainsFunc(a.Targets, func(t Target) bool { return !s.For(t) }) {
			s.Targets = nil
		}
	}
}

// targets checks that the app's targets and those of its services agree.
func (v *validator) targets(services []string) {
	first, agree := "", v.sound("targets")
	for _, name := range v.inOrder(services) {
		list := child("services", name) + ".targets"
		agree = agree && v.sound(list)
		for i, t := range v.app.Services[name].Targets {
			if !v.app.For(t) && v.sound("targets") {
				v.fail(item(list, i), fmt.Sprintf("%s is not among the app's targets", t), "add it to targets at the top of the file, or remove it here")
				agree = false
			}
		}
		if first == "" && v.app.Given(list) {
			first = list
		}
	}
	for _, t := range v.app.Targets {
		if first != "" && agree && !slices.ContainsFunc(services, func(name string) bool { return v.app.Services[name].For(t) }) {
			v.fail(first, fmt.Sprintf("no service is written for target %s", t), "write one for it, or leave it out of targets at the top of the file")
		}
	}
}

// together reports whether two services are both written for some target.
func (a *App) together(one, other *Service) bool {
	return slices.ContainsFunc(a.Targets, func(t Target) bool { return one.For(t) && other.For(t) })
}
