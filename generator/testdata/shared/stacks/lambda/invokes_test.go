package lambda

import (
	"fmt"
	"slices"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// invokes is the right to call the routes of an internal service, and no others.
func invokes(keys ...string) rights {
	return func(t stacktest.T, g *stacktest.Graph, policy *stacktest.Resource) statement {
		api := g.One(t, apiType, app)
		policy.Want(t, "policy", policy.Input("policy"), "it names the API", api)
		var resources names
		for _, key := range keys {
			resources = append(resources, fmt.Sprintf("%s/$default/%s", api.Output("executionArn"), resourceOf(key)))
		}
		slices.Sort(resources)
		return statement{Effect: "Allow", Action: names{"execute-api:Invoke"}, Resource: resources}
	}
}

func TestResources(t *testing.T) {
	for key, want := range map[string]string{
		"GET /": "GET/", "POST /charges": "POST/charges", "GET /items/{id}/tags/{tag}": "GET/items/*/tags/*", "ANY /files/{path+}": "*/files/*",
	} {
		if got := resourceOf(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}
