package lambda

import "example.com/golden/stacks/stacktest"

// calls is a variable that has the API's URL, where another service answers.
func calls(variable string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		api := g.One(t, apiType, app)
		g.One(t, functionType, w.name()).Want(t, "environment.variables."+variable, api.Output("apiEndpoint"), "the app calls another service there", api)
	}
}
