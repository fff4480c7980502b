package lambda

import "example.com/golden/stacks/stacktest"

func checkCORS(t stacktest.T, g *stacktest.Graph, _ expectations) {
	api := g.One(t, apiType, app)
	api.Want(t, "corsConfiguration.allowOrigins", corsOrigins, "pages of these origins may call the API, and no others")
	api.Want(t, "corsConfiguration.allowMethods", corsMethods, "pages use these methods")
	api.Want(t, "corsConfiguration.allowHeaders", corsHeaders, "pages set these headers")
	api.Want(t, "corsConfiguration.allowCredentials", true, "browsers send no cookies otherwise")
	api.Want(t, "corsConfiguration.maxAge", corsMaxAgeSeconds, "browsers remember the answer for as long")
}
