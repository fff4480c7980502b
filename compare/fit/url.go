package fit

import (
	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/spec"
)

const functionURLs = "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"

// functionURL checks a service against what a function URL lacks.
func (c *checker) functionURL(w cost.Workload, s *spec.Service, add addLimit) {
	if !c.Choices.Lambda.FunctionURL {
		return
	}
	at := "services." + w.Name + ".http"
	if s.HTTP.Auth != nil {
		add(Blocker, at+".auth", Limit{
			Name: "authorizers of a function URL", Value: "IAM, or none", Actual: "JSON Web Tokens", Page: functionURLs,
			Message: "a function URL verifies no JSON Web Tokens: it has IAM's authorization, or none",
			Hint:    "compare with the HTTP API, or verify the token in the app and leave http.auth out",
		})
	}
	if s.HTTP.Domain != "" {
		add(Blocker, at+".domain", Limit{
			Name: "domain of a function URL", Value: "one of AWS's", Actual: s.HTTP.Domain, Page: functionURLs,
			Message: "a function URL has a host name of AWS's and takes no other",
			Hint:    "compare with the HTTP API, or put a distribution of CloudFront before it, which is not priced here",
		})
	}
	routes := "the stack that ambi writes has an HTTP API and no function URL: this prices what somebody would build by hand"
	if len(s.HTTP.Routes) > 1 {
		routes += ", where the app itself answers for paths and methods that are no routes"
	}
	add(Warning, at, Limit{
		Name: "function URL", Value: "no routes, authorizer or domain", Actual: format.Plural(len(s.HTTP.Routes), "route"), Page: functionURLs,
		Message: routes, Hint: "compare without it for what ambi writes",
	})
}
