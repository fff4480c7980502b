package functions

import (
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/spec"
)

var (
	oddParameter = lazyregexp.New(`\{([^}+]*)(\+?)\}`)
	oddName      = lazyregexp.New(`[^A-Za-z0-9_]+`)
)

// URL is what differs where a function had an address of its own.
const URL = "an HTTP API serves it, at another address, and answers within 30 seconds"

// Routes are what a method and a path of API Gateway become; why says what differs, or that
// nothing can be made of it.
func Routes(method, path string) (routes []string, why string) {
	method = strings.ToUpper(strings.TrimSpace(method))
	if method == "" || method == "*" || method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		method = spec.Any
	}
	path = strings.TrimSpace(path)
	switch path {
	case "", "*", "/*", "$default":
		return []string{method + " /", method + " /{path+}"}, ""
	}
	path = "/" + strings.Trim(path, "/")
	plain := oddParameter.ReplaceAllStringFunc(path, func(match string) string {
		m := oddParameter.FindStringSubmatch(match)
		name := strings.Trim(oddName.ReplaceAllString(m[1], "_"), "_")
		if name == "" || name[0] >= '0' && name[0] <= '9' {
			name = "p" + name
		}
		return "{" + name + m[2] + "}"
	})
	if plain != path {
		why = "parameters have plain names in a spec: " + plain
	}
	if _, err := spec.ParseRoute(method + " " + plain); err != nil {
		return nil, "is a route that a spec cannot have"
	}
	if len(method) == 0 {
		method = spec.Any
	}
	return []string{method + " " + plain}, why
}
