package lambda

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mayInvoke is the right to call exactly the routes of an internal service.
func (s *stack) mayInvoke(callee facts) pulumi.Map {
	var routes []pulumi.StringInput
	for _, key := range callee.routes {
		routes = append(routes, pulumi.Sprintf("%s/$default/%s", s.gateway.ExecutionArn, resourceOf(key)))
	}
	return allow(actions{"execute-api:Invoke"}, routes...)
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// resourceOf is a route key as ARNs have it: GET/items/* for "GET /items/{id}".
func resourceOf(key string) string {
	method, path, _ := strings.Cut(key, " ")
	if method == "ANY" {
		method = "*"
	}
	return method + parameter.ReplaceAllString(path, "*")
}
