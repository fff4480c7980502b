package lambda

import "example.com/golden/stacks/stacktest"

const (
	domainType  = "aws:apigatewayv2/domainName:DomainName"
	mappingType = "aws:apigatewayv2/apiMapping:ApiMapping"
)

func checkDomains(t stacktest.T, g *stacktest.Graph, s expectations) {
	api, stage := g.One(t, apiType, app), g.One(t, stageType, app)
	for _, domain := range domains {
		name, mapping := g.One(t, domainType, domain), g.One(t, mappingType, domain)
		wantTags(t, name, "")
		name.Want(t, "domainName", domain, "callers know the app by it")
		name.Want(t, "domainNameConfiguration.certificateArn", s.config["certificateArn"], "callers would not trust the API without it")
		name.Want(t, "domainNameConfiguration.endpointType", "REGIONAL", "HTTP APIs have no other endpoint")
		name.Want(t, "domainNameConfiguration.securityPolicy", "TLS_1_2", "older TLS is broken")
		mapping.Want(t, "apiId", api.Output("id"), "the domain serves this API", api)
		mapping.Want(t, "stage", stage.Output("id"), "it is the stage that answers", stage)
		mapping.Want(t, "domainName", name.Output("id"), "nothing answers there otherwise", name)
		g.Exports.Want(t, `["dns:`+domain+`"]`, name.Output("domainNameConfiguration.targetDomainName"), "DNS must point there")
	}
}
