package lambda

import (
	"fmt"
	"strings"

	"example.com/golden/stacks/stacktest"
)

const authorizerType = "aws:apigatewayv2/authorizer:Authorizer"

// guarded is which tokens a service's routes take, and no request without one.
func guarded(name, issuer string, audience ...string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		api, guard := g.One(t, apiType, app), g.One(t, authorizerType, name)
		guard.Want(t, "apiId", api.Output("id"), "it is this API's", api)
		guard.Want(t, "name", name, "AWS wants one")
		guard.Want(t, "authorizerType", "JWT", "callers bring a JSON Web Token")
		guard.Want(t, "identitySources", []string{"$request.header.Authorization"}, "callers bring it in this header")
		guard.Want(t, "jwtConfiguration.issuer", issuer, "anyone can issue tokens; these are good")
		guard.Want(t, "jwtConfiguration.audiences", audience, "a token for another app is not for this one")
		for _, key := range w.routes {
			route := g.One(t, routeType, key)
			route.Want(t, "authorizationType", "JWT", "it answers callers with a token, and no others")
			route.Want(t, "authorizerId", guard.Output("id"), "these are the tokens that it takes", guard)
		}
	}
}

// checkPreflights holds every route to letting preflight requests through, but for those whose
// callers sign, which are no browsers.
func checkPreflights(t stacktest.T, g *stacktest.Graph, _ expectations) {
	open := map[string]bool{} // the paths that answer OPTIONS
	for _, r := range g.Resources {
		path, preflight := strings.CutPrefix(fmt.Sprint(r.Input("routeKey")), "OPTIONS ")
		if r.Type != routeType || !preflight || r.Input("authorizationType") == "AWS_IAM" {
			continue
		}
		open[path] = true
		r.Want(t, "authorizationType", nil, "browsers send no token with a preflight request")
		r.Want(t, "authorizerId", nil, "browsers send no token with a preflight request")
	}
	for _, r := range g.Resources {
		path, all := strings.CutPrefix(fmt.Sprint(r.Input("routeKey")), "ANY ")
		if r.Type == routeType && all && r.Input("authorizationType") != nil && r.Input("authorizationType") != "AWS_IAM" && !open[path] {
			t.Errorf("%s: asks for a token with OPTIONS too, and browsers send none with a preflight request", r)
		}
	}
}
