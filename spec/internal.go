package spec

import (
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
	for _, other := range v.app.Services {
		if slices.Contains(other.Needs, name) {
			return
		}
	}
	v.fail(at, "needs a caller: no other service needs this one", "name it under needs of the services that call it, or remove internal")
}
