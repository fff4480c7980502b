package fit

import "ambi/target/lambda"

// authorizer checks that what verifies tokens is there: a function URL cannot.
func (c *checker) authorizer(at string, f lambda.Service, add addLimit) {
	if f.Authorizer != "" {
		add(Blocker, at+".auth", Limit{
			Name: "authorizers of a function URL", Value: "IAM, or none", Actual: "JSON Web Tokens", Page: lambda.FunctionURLPage,
			Message: "a function URL does not verify JSON Web Tokens: it has IAM authorization, or none",
			Hint:    "compare with the HTTP API, or verify the token in the app and leave http.auth out",
		})
	}
}
