package spec

import (
	"fmt"
	"strings"
)

// AddressVariable is the environment variable that holds a service's address
// for those that need it: WEB_API_URL for web-api.
func AddressVariable(service string) string {
	return strings.ToUpper(strings.ReplaceAll(service, "-", "_")) + "_URL"
}

// needs checks the services that one service calls, but for cycles.
func (v *validator) needs(path, name string, s *Service) {
	for i, other := range s.Needs {
		at := item(path+".needs", i)
		if !v.sound(at) {
			continue
		}
		switch _, exists := v.app.Services[other]; {
		case other == name:
			v.fail(at, "is the service itself")
		case !exists:
			v.fail(at, "must be another service of the app, got "+quote(other), v.suggest(other, name)...)
		case v.app.Services[other].IsEvents():
			v.fail(at, quote(other)+" answers no requests: events start it", "send to its queue instead: uses: {QUEUE: [send]}")
		case !v.app.Services[other].IsHTTP():
			v.fail(at, quote(other)+" answers no requests: "+v.app.Services[other].StartedBy())
		default:
			v.address(path, at, other, s)
		}
	}
}

// suggest is a hint for a name that no service has. It compares the name with
// every service's, so it stops once more errors are known than are ever shown.
func (v *validator) suggest(name, but string) []string {
	if len(v.found) > maxErrors {
		return nil
	}
	var others []string
	for _, s := range v.app.ServiceNames() {
		if s != but {
			others = append(others, s)
		}
	}
	if len(others) == 0 {
		return []string{"the app has no other service; put an address outside the app under env"}
	}
	if hint := nearest(name, others, "other service"); hint != "" {
		return []string{hint}
	}
	return nil
}

// address refuses variables that get in the way of a service's address.
func (v *validator) address(path, at, service string, s *Service) {
	name := AddressVariable(service)
	if owner := reservedBy(name); owner != "" {
		v.fail(at, fmt.Sprintf("its address would be in %s, which %s sets itself", name, owner), "rename the service")
		return
	}
	message := fmt.Sprintf("the address of %s, which is listed under needs in line %d, uses this name", service, v.at(at).Line)
	if _, taken := s.Env[name]; taken {
		v.failKey(child(path+".env", name), message, "choose another name")
	}
	if _, taken := s.Secrets[name]; taken {
		v.failKey(child(path+".secrets", name), message, "choose another name")
	}
}

// cycles reports each need that closes a cycle: no service in it could be deployed first.
func (v *validator) cycles(services []string) {
	closed := map[string]bool{} // services whose needs have all been followed
	place := map[string]int{}   // in trail, from 1
	var trail []string
	var follow func(string)
	follow = func(name string) {
		trail = append(trail, name)
		place[name] = len(trail)
		list := child("services", name) + ".needs"
		for i, other := range v.app.Services[name].Needs {
			at := item(list, i)
			if v.app.Services[other] == nil || closed[other] || !v.sound(at) {
				continue
			}
			if start := place[other]; start > 0 {
				v.fail(at, "makes a cycle: "+chain(trail[start-1:], other), "remove one of these needs: let that service send to a queue, or return the data in its response. An address under env does not help, because NetworkPolicies only allow callers that list the service under needs")
				continue
			}
			follow(other)
		}
		closed[name], place[name] = true, 0
		trail = trail[:len(trail)-1]
	}
	for _, name := range services {
		if !closed[name] {
			follow(name)
		}
	}
}

// chain prints who needs whom, without the middle of a long chain.
func chain(names []string, last string) string {
	const shown = 4 // at either end
	var b strings.Builder
	for i, name := range names {
		switch {
		case i < shown || i >= len(names)-shown:
			b.WriteString(bare(name) + " -> ")
		case i == shown:
			b.WriteString("... -> ")
		}
	}
	return b.String() + bare(last)
}
