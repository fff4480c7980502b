package spec

import "slices"

// Needed is a service that one of the app's needs, also where the app is a part for one target
// and only the other target has that service.
func (a *App) Needed(service string) *Service {
	if s := a.Services[service]; s != nil || a.whole == nil {
		return s
	}
	return a.whole.Services[service]
}

// CallersAcross lists the services, in order, whose calls to a service of a part of an app come
// from the other target, because only this one has it.
func (a *App) CallersAcross(service string) []string {
	if a.whole == nil {
		return nil
	}
	return slices.DeleteFunc(a.whole.Callers()[service], func(caller string) bool {
		return !a.whole.crosses(a.whole.Services[caller], a.whole.Services[service])
	})
}

// crosses reports whether a caller is written for a target that what it calls is not written for.
func (a *App) crosses(caller, callee *Service) bool {
	return slices.ContainsFunc(a.Targets, func(t Target) bool { return caller.For(t) && !callee.For(t) })
}

// SharesDomain names another service with the domain of one, so that the domain may lead to a
// target that does not have that one: in a part of an app, a service that is written for such a
// target, and in a whole app any other. It is empty for none.
func (a *App) SharesDomain(service string) string {
	s, whole := a.Needed(service), a
	if a.whole != nil {
		whole = a.whole
	}
	for _, other := range whole.ServiceNames() {
		o := whole.Services[other]
		if other != service && s.HTTP.Domain != "" && o.HTTP.Domain == s.HTTP.Domain && (a.whole == nil || whole.crosses(o, s)) {
			return other
		}
	}
	return ""
}
