package spec

import (
	"fmt"
	"slices"
	"strings"
)

// internal checks a service that only others of the app may call.
func (v *validator) internal(path, name string, s *Service) {
	at := path + ".http.internal"
	if !s.HTTP.Internal || !v.sound(at) {
		return
	}
	var outside []string
	for _, with := range []struct {
		key   string
		given bool
	}{
		{"http.domain", s.HTTP.Domain != ""},
		{"http.cors", s.HTTP.CORS != nil},
		{"http.auth", s.HTTP.Auth != nil},
		{"kubernetes.ingress", s.Kubernetes.Ingress != nil},
		{"kubernetes.gateway", s.Kubernetes.Gateway != nil},
	} {
		if with.given {
			outside = append(outside, with.key)
		}
	}
	if len(outside) > 0 {
		v.fail(at, "cannot be combined with settings for callers outside the app: "+strings.Join(outside, ", "), "remove them, or internal")
		return
	}
	var callers []*Service
	for _, other := range v.app.Services {
		if slices.Contains(other.Needs, name) {
			callers = append(callers, other)
		}
	}
	if callers == nil {
		v.fail(at, "needs a caller: no other service needs this one", "name it under needs of the services that call it, or remove internal")
		return
	}
	for _, t := range v.app.Targets {
		if s.For(t) && !slices.ContainsFunc(callers, func(caller *Service) bool { return caller.For(t) || t == Lambda && v.app.crosses(caller, s) }) {
			v.fail(at, fmt.Sprintf("needs a caller on target %s: no service that needs this one is written for it", t), "write this one for the targets of its callers alone, or remove internal")
		}
	}
}
