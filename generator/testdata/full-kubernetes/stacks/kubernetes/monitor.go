package kubernetes

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newServiceMonitor has the Prometheus Operator scrape every pod of the service at a path.
func newServiceMonitor(ctx *pulumi.Context, f facts, path string) error {
	_, err := apiextensions.NewCustomResource(ctx, f.name(), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String("ServiceMonitor"),
		Metadata:   metadata(f),
		OtherFields: map[string]any{"spec": pulumi.Map{
			"selector":  pulumi.Map{"matchLabels": selector(f)},
			"endpoints": pulumi.Array{pulumi.Map{"port": pulumi.String("http"), "path": pulumi.String(path)}},
		}},
	})
	return err
}
