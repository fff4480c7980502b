package kubernetes

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tokenCheck is which JSON Web Tokens let a request through.
type tokenCheck struct {
	issuer   string
	audience []string // of which a token has one
	keys     string   // the URL of the issuer's keys
}

// newSecurityPolicy has Envoy Gateway check the tokens of the requests of the service's
// HTTPRoute. The route waits for it, so that nothing is served unchecked. Pods of the cluster
// that connect to the Service need no token.
func newSecurityPolicy(ctx *pulumi.Context, f facts) (*apiextensions.CustomResource, error) {
	return apiextensions.NewCustomResource(ctx, f.name(), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.envoyproxy.io/v1alpha1"),
		Kind:       pulumi.String("SecurityPolicy"),
		Metadata:   metadata(f),
		OtherFields: map[string]any{"spec": pulumi.Map{
			"targetRefs": pulumi.Array{pulumi.StringMap{
				"group": pulumi.String("gateway.networking.k8s.io"), "kind": pulumi.String("HTTPRoute"), "name": pulumi.String(f.name()),
			}},
			"jwt": pulumi.Map{"providers": pulumi.Array{pulumi.Map{
				"name":       pulumi.String("issuer"),
				"issuer":     pulumi.String(f.tokens.issuer),
				"audiences":  pulumi.ToStringArray(f.tokens.audience),
				"remoteJWKS": pulumi.StringMap{"uri": pulumi.String(f.tokens.keys)},
				// A token in a query, which Envoy takes too by default, ends in logs.
				"extractFrom": pulumi.Map{"headers": pulumi.Array{pulumi.StringMap{
					"name": pulumi.String("Authorization"), "valuePrefix": pulumi.String("Bearer "),
				}}},
			}}},
		}},
	})
}
