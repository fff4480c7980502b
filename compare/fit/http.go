package fit

import (
	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/target/lambda"
)

// functionURL checks a service against what a function URL lacks.
func (c *checker) functionURL(w cost.Workload, f lambda.Service, add addLimit) {
	if !c.Choices.Lambda.FunctionURL {
		return
	}
	at := "services." + w.Name + ".http"
	c.authorizer(at, f, add)
	if f.Domain != "" {
		add(Blocker, at+".domain", Limit{
			Name: "domain of a function URL", Value: "one of AWS's", Actual: f.Domain, Page: lambda.FunctionURLPage,
			Message: "a function URL has a host name of AWS's and takes no other",
			Hint:    "compare with the HTTP API, or put a distribution of CloudFront before it, which is not priced here",
		})
	}
	routes := "the stack that ambi writes has an HTTP API and no function URL: this prices what somebody would build by hand"
	if w.Routes > 1 {
		routes += ", where the app itself answers for paths and methods that are no routes"
	}
	add(Warning, at, Limit{
		Name: "function URL", Value: "no routes, authorizer or domain", Actual: format.Plural(w.Routes, "route"), Page: lambda.FunctionURLPage,
		Message: routes, Hint: "compare without it for what ambi writes",
	})
}
