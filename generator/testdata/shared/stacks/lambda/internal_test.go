package lambda

import "example.com/golden/stacks/stacktest"

// takesSigned holds an internal service's routes to taking no request of strangers.
func takesSigned(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	for _, key := range w.routes {
		g.One(t, routeType, key).Want(t, "authorizationType", "AWS_IAM", "anyone on the internet may call it otherwise")
	}
}
