package lambda

import "example.com/golden/stacks/stacktest"

// healthChecked is the route that health checks ask.
func healthChecked(key string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		answers([]string{key})(t, g, w, s)
		route := g.One(t, routeType, key)
		route.Want(t, "authorizationType", nil, "health checks bring no token, and take 401 for a target that is down")
		route.Want(t, "authorizerId", nil, "health checks bring no token, and take 401 for a target that is down")
	}
}
