package kubernetes

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// gateway is how a Gateway serves a service from outside. A prefix may let in more than the
// routes beside it.
type gateway struct {
	name, namespace string // the Gateway's; an empty namespace is the service's own
	host            string // empty for all that the Gateway serves
	requests        []requestMatch
	cors            pulumi.Map // nil for none
	ownHost         string     // where no other target answers, whatever the weights in DNS; empty for none
	health          string     // a path there that says whether this target is up; empty where a request does already
}

// requestMatch is a kind of request: a method, or none for all of them, and a path of type
// Exact or PathPrefix.
type requestMatch struct{ method, pathType, path string }

// matchesPerRule is the most that a rule of an HTTPRoute takes.
const matchesPerRule = 8

// newHTTPRoute has the Gateway send requests to the service.
func newHTTPRoute(ctx *pulumi.Context, f facts, service *corev1.Service, options ...pulumi.ResourceOption) error {
	var rules pulumi.Array
	for some := range slices.Chunk(f.gateway.requests, matchesPerRule) {
		rule := pulumi.Map{
			"matches":     matchesOf(some),
			"backendRefs": pulumi.Array{pulumi.Map{"name": service.Metadata.Name().Elem(), "port": pulumi.Int(80)}},
			"timeouts":    pulumi.Map{"request": pulumi.String(fmt.Sprintf("%ds", f.timeoutSeconds))},
		}
		if f.gateway.cors != nil {
			rule["filters"] = pulumi.Array{pulumi.Map{"type": pulumi.String("CORS"), "cors": f.gateway.cors}}
		}
		rules = append(rules, rule)
	}
	parent := pulumi.Map{"name": pulumi.String(f.gateway.name)}
	if f.gateway.namespace != "" {
		parent["namespace"] = pulumi.String(f.gateway.namespace)
	}
	spec := pulumi.Map{"parentRefs": pulumi.Array{parent}, "rules": rules}
	if f.gateway.host != "" {
		spec["hostnames"] = pulumi.StringArray{pulumi.String(f.gateway.host)}
	}
	if f.gateway.ownHost != "" {
		spec["hostnames"] = pulumi.StringArray{pulumi.String(f.gateway.host), pulumi.String(f.gateway.ownHost)}
	}
	_, err := apiextensions.NewCustomResource(ctx, f.name(), &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("gateway.networking.k8s.io/v1"),
		Kind:        pulumi.String("HTTPRoute"),
		Metadata:    leftToTraffic(f, f.name()),
		OtherFields: map[string]any{"spec": spec},
	}, options...)
	if err != nil || f.gateway.health == "" {
		return err
	}
	return newHealthRoute(ctx, f, service, parent)
}

// matchesOf writes kinds of requests as an HTTPRoute has them.
func matchesOf(kinds []requestMatch) pulumi.Array {
	var all pulumi.Array
	for _, r := range kinds {
		match := pulumi.Map{"path": pulumi.Map{"type": pulumi.String(r.pathType), "value": pulumi.String(r.path)}}
		if r.method != "" {
			match["method"] = pulumi.String(r.method)
		}
		all = append(all, match)
	}
	return all
}
