package lambda

import "example.com/golden/stacks/stacktest"

const provisionedType = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"

func keptWarm(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	alias, warm := g.One(t, aliasType, w.name()), g.One(t, provisionedType, w.name())
	warm.Want(t, "functionName", alias.Output("functionName"), "it is for this function", alias)
	warm.Want(t, "qualifier", alias.Output("name"), "requests come by the alias, and find warm environments nowhere else", alias)
	warm.Want(t, "provisionedConcurrentExecutions", w.provisioned, "it is what app.yaml keeps warm")
}
