package spec

import (
	"cmp"
	"fmt"
	"slices"
)

// placed is a route with its place in the spec.
type placed struct {
	Route
	path    string
	service string
	at      Position
}

// routes finds those that no gateway can tell apart, across all services: they
// share one host.
func (v *validator) routes(services []string) {
	var all []placed
	for _, name := range services {
		list := child("services", name) + ".http.routes"
		for i, r := range v.app.Services[name].HTTP.Routes {
			if path := item(list, i); v.sound(path) {
				all = append(all, placed{r, path, name, v.at(path)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	first := map[Route]placed{}
	for _, r := range all {
		shape := Route{r.Method, r.Shape()}
		earlier, taken := first[shape]
		if !taken {
			first[shape] = r
			continue
		}
		owner := ""
		if earlier.service != r.service {
			owner = " of " + earlier.service
		}
		if earlier.Route == r.Route {
			v.fail(r.path, fmt.Sprintf("%s is also the route%s in line %d", quote(r.String()), owner, earlier.at.Line))
			continue
		}
		v.fail(r.path, fmt.Sprintf("%s differs only in its parameters' names from %s%s in line %d", quote(r.String()), quote(earlier.String()), owner, earlier.at.Line),
			"no request can tell the two apart")
	}
}
