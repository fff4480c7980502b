package target

import (
	"fmt"
	"slices"
	"strings"

	"ambi/spec"
)

// InternalCallers lists the services that need one which the spec offers to no one
// else: it has no domain, CORS or auth of its own, and nothing leads to it from
// outside a cluster. Kubernetes lets in these callers alone; an HTTP API is open to
// the internet. It is nil for every other service.
func InternalCallers(app *spec.App, name string) []string {
	s := app.Services[name]
	if s.HTTP.Domain != "" || s.HTTP.CORS != nil || s.HTTP.Auth != nil || s.Kubernetes.Ingress != nil || s.Kubernetes.Gateway != nil {
		return nil
	}
	var callers []string
	for _, other := range app.ServiceNames() {
		if slices.Contains(app.Services[other].Needs, name) {
			callers = append(callers, other)
		}
	}
	return callers
}

// And joins what a sentence names: "a, b and c". Of a long list it counts the rest.
func And(names []string) string {
	const most = 4
	if len(names) > most {
		names = append(slices.Clone(names[:most-1]), fmt.Sprintf("%d more", len(names)-most+1))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
