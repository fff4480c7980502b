package cloudformation

import (
	"slices"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
)

// definitions reads the routes of APIs that have a definition, in OpenAPI, within the template.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
func (r *reading) definitions() {
	for _, of := range [][2]string{
		{"AWS::Serverless::Api", "DefinitionBody"},
		{"AWS::Serverless::HttpApi", "DefinitionBody"},
		{"AWS::ApiGateway::RestApi", "Body"},
		{"AWS::ApiGatewayV2::Api", "Body"},
	} {
		kind, key := of[0], of[1]
		r.find(kind, func(name string, n *source.Node) {
			body := n.Get("Properties", key)
			paths := body.Get("paths")
			if paths == nil || paths.Kind != source.Map {
				return
			}
			for _, path := range paths.Keys {
				methods := paths.Child(path)
				for _, method := range methods.Keys {
					r.defined(name, kind, path, method, methods.Child(method), body)
				}
			}
		})
	}
}

// defined reads one method of a path.
func (r *reading) defined(api, kind, path, method string, n, body *source.Node) {
	integration := n.Get("x-amazon-apigateway-integration")
	uri := integration.Get("uri")
	f := r.called(uri)
	if f == nil {
		return
	}
	r.used[api] = true
	routes, why := functions.Routes(method, path)
	if routes == nil {
		r.objects[api].Leave(n, why, true)
		return
	}
	if slices.ContainsFunc(f.Triggers, func(t functions.Trigger) bool { return t.HTTP != nil && slices.Equal(t.HTTP.Routes, routes) }) {
		n.See() // an event of the function says it too
		return
	}
	t := functions.Trigger{Object: r.objects[api], Kind: "http", Name: api, At: n, HTTP: &functions.HTTP{Routes: routes, At: uri, Why: why, Old: !strings.HasSuffix(kind, "HttpApi") && !strings.Contains(kind, "V2")}}
	security := n.Get("security")
	if security == nil {
		security = body.Get("security")
	}
	if len(security.List()) > 0 {
		t.HTTP.Authorizer = &functions.Authorizer{At: security, Kind: "what the API's definition lets through"}
	}
	r.objects[api].Skip(integration)
	f.Triggers = append(f.Triggers, t)
}
