package kubernetes

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// leftToTraffic names an HTTPRoute whose hosts external-dns leaves alone: the stack of
// stacks/traffic has their records, and external-dns would delete them. Its releases from 0.22
// on know the second annotation.
func leftToTraffic(f facts, name string) *metav1.ObjectMetaArgs {
	named := metadata(f)
	named.Name = pulumi.String(name)
	if f.gateway.ownHost != "" {
		named.Annotations = pulumi.StringMap{
			"external-dns.alpha.kubernetes.io/controller": pulumi.String("none"),
			"external-dns.kubernetes.io/controller":       pulumi.String("none"),
		}
	}
	return named
}

// newHealthRoute answers health checks, which bring no token: they ask this target's own host.
func newHealthRoute(ctx *pulumi.Context, f facts, service *corev1.Service, parent pulumi.Map) error {
	name, asked := f.name()+"-health", requestMatch{"GET", "Exact", f.gateway.health}
	_, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.networking.k8s.io/v1"),
		Kind:       pulumi.String("HTTPRoute"),
		Metadata:   leftToTraffic(f, name),
		OtherFields: map[string]any{"spec": pulumi.Map{
			"parentRefs": pulumi.Array{parent},
			"hostnames":  pulumi.StringArray{pulumi.String(f.gateway.ownHost)},
			"rules": pulumi.Array{pulumi.Map{
				"matches":     matchesOf([]requestMatch{asked}),
				"backendRefs": pulumi.Array{pulumi.Map{"name": service.Metadata.Name().Elem(), "port": pulumi.Int(80)}},
			}},
		}},
	})
	return err
}
