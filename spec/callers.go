package spec

// Callers lists, for each service that other services need, those services in order.
func (a *App) Callers() map[string][]string {
	callers := map[string][]string{}
	for _, name := range a.ServiceNames() {
		for _, needed := range a.Services[name].Needs {
			callers[needed] = append(callers[needed], name)
		}
	}
	return callers
}

// Internal reports whether only services of the app can call a service: it has no domain, CORS
// or auth of its own, and nothing routes to it from outside a cluster.
func (s *Service) Internal() bool {
	return s.HTTP.Domain == "" && s.HTTP.CORS == nil && s.HTTP.Auth == nil && s.Kubernetes.Ingress == nil && s.Kubernetes.Gateway == nil
}
