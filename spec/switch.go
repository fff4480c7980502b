package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Switch asks that both targets serve the app's domains at once, with weights between them: it
// has no key yet. It is the app's, and no service's: on Lambda one API answers under all
// domains, and queues and schedules move with the app.
type Switch struct{}

// OwnHost is the host under which one target alone answers for a domain, whatever the weights.
func OwnHost(t Target, domain string) string { return string(t) + "." + domain }

// Switched lists the domains between whose targets traffic is switched, in order: those that
// both targets serve. A domain of a service that is written for one target stays with it.
func (a *App) Switched() []string {
	switch {
	case a.Switch == nil:
		return nil
	case a.whole != nil:
		return a.whole.Switched()
	}
	var domains, fixed []string
	for _, s := range a.Services {
		switch {
		case s.HTTP.Domain == "":
		case slices.ContainsFunc(Targets(), func(t Target) bool { return !s.For(t) || !a.For(t) }):
			fixed = append(fixed, s.HTTP.Domain)
		default:
			domains = append(domains, s.HTTP.Domain)
		}
	}
	slices.Sort(domains)
	return slices.DeleteFunc(slices.Compact(domains), func(d string) bool { return slices.Contains(fixed, d) })
}

// Weighted lists the domains whose requests DNS shares out between the targets, as the spec has it:
// of an app that [App.Everywhere] made, too, which itself switches none.
func (a *App) Weighted() []string {
	if a.Switch == nil {
		return a.weighted
	}
	return a.Switched()
}

// Asked is the service whose health path tells whether a target is up for a switched domain:
// the first by name of those that have the domain.
func (a *App) Asked(domain string) string {
	for _, name := range a.ServiceNames() {
		if a.Services[name].HTTP.Domain == domain {
			return name
		}
	}
	return ""
}

// SaysBodies reports whether it is worth saying what a target does with the largest body of a
// service: the spec sets it, or callers move from one target to the other.
func (a *App) SaysBodies(service string) bool {
	return a.Given("services."+service+".http.maxBody") || slices.Contains(a.Switched(), a.Services[service].HTTP.Domain)
}

// switching checks that there is something to switch.
func (v *validator) switching() {
	if v.app.Switch == nil || !v.sound("switch") || !v.sound("targets") {
		return
	}
	for _, t := range Targets() {
		if !v.app.For(t) {
			v.fail("switch", fmt.Sprintf("needs both targets, and the app is not written for target %s", t), "add it to targets, or remove switch")
			return
		}
	}
	domains := v.app.Switched()
	if len(domains) == 0 {
		v.fail("switch", "needs a domain that both targets serve", "set http.domain of a service that is written for both")
		return
	}
	for _, name := range v.inOrder(v.app.ServiceNames()) {
		domain, at := v.app.Services[name].HTTP.Domain, child("services", name)+".http.domain"
		if !slices.Contains(domains, domain) || !v.sound(at) {
			continue
		}
		if own := OwnHost(Kubernetes, domain); len(own) > maxObjectName {
			v.fail(at, fmt.Sprintf("must be at most %d characters long with switch, got %d", maxObjectName-len(own)+len(domain), len(domain)), "the hosts of each target begin with its name, such as "+own[:min(len(own), 40)]+"…")
		}
		for _, t := range Targets() {
			if of, found := strings.CutPrefix(domain, string(t)+"."); found && slices.Contains(domains, of) {
				v.fail(at, fmt.Sprintf("is the host under which target %s alone answers for %s", t, of), "choose another name")
			}
		}
	}
}
