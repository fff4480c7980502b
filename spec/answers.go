package spec

import (
	"cmp"
	"slices"
	"strings"
)

// SplitPath is a request's path at its slashes; "/" has no segments.
func SplitPath(path string) []string {
	if path == "/" || path == "" {
		return nil
	}
	return strings.Split(path[1:], "/")
}

// Answers reports whether the route is one for a request.
func (r Route) Answers(method string, path []string) bool {
	if r.Method != Any && r.Method != method {
		return false
	}
	segments := r.Segments()
	for i, s := range segments {
		switch {
		case i >= len(path):
			return false
		case s.Greedy:
			return true
		case !s.Param && s.Text != path[i]:
			return false
		}
	}
	return len(segments) == len(path)
}

// CompareRoutes orders the routes that match one request: the one that answers it is first.
// That is the one that names most of the path, segment by segment: a text before a parameter,
// and any whole path before one that ends in a parameter with a plus; then the one that names
// the method. It is how an HTTP API of AWS selects a route.
// Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func CompareRoutes(a, b Route) int {
	x, y := a.Segments(), b.Segments()
	greedy := func(s []Segment) int {
		if len(s) > 0 && s[len(s)-1].Greedy {
			return 1
		}
		return 0
	}
	rank := func(s Segment) int {
		switch {
		case s.Greedy:
			return 2
		case s.Param:
			return 1
		}
		return 0
	}
	order := cmp.Compare(greedy(x), greedy(y))
	for i := range min(len(x), len(y)) {
		order = cmp.Or(order, cmp.Compare(rank(x[i]), rank(y[i])))
	}
	anyLast := func(r Route) int {
		if r.Method == Any {
			return 1
		}
		return 0
	}
	return cmp.Or(order, cmp.Compare(len(y), len(x)), cmp.Compare(anyLast(a), anyLast(b)))
}

// Place is a route with the service that has it, and where among its routes it stands.
type Place struct {
	Service string
	Index   int
	Route
}

// Places lists the routes of all services, in the order in which they answer requests.
func (a *App) Places() []Place {
	var all []Place
	for _, name := range a.ServiceNames() {
		for i, r := range a.Services[name].HTTP.Routes {
			all = append(all, Place{name, i, r})
		}
	}
	slices.SortStableFunc(all, func(a, b Place) int { return CompareRoutes(a.Route, b.Route) })
	return all
}
