package lambda

import "example.com/golden/stacks/stacktest"

func checkCORS(t stacktest.T, g *stacktest.Graph, _ expectations) {
	api := g.One(t, apiType, app)
	api.Want(t, "corsConfiguration.allowOrigins", corsOrigins, "pages of these origins may call the API, and no others")
	api.Want(t, "corsConfiguration.allowMethods", corsMethods, "pages use these methods")
	if api.Input("corsConfiguration.allowCredentials") == true {
		t.Errorf("%s: corsConfiguration.allowCredentials is true: app.yaml lets no cookies along", api)
	}
}
