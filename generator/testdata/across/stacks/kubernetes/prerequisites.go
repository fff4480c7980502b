package kubernetes

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// prerequisite is an object that the cluster must have before this program deploys to it.
// Pulumi shows the name of one that is missing, so the name says what to do then.
type prerequisite struct{ token, id, name string }

// prerequisites are what the services' objects need, each once.
func prerequisites(deployed ...facts) []prerequisite {
	var all []prerequisite
	var namespaces []string
	for _, f := range deployed {
		namespaces = append(namespaces, f.namespace)
	}
	slices.Sort(namespaces)
	for _, name := range slices.Compact(namespaces) {
		all = append(all, prerequisite{"kubernetes:core/v1:Namespace", name, "kubectl create namespace " + name})
	}
	all = append(all, prerequisite{"kubernetes:networking.k8s.io/v1:IngressClass", "alb", "install the Ingress controller of class alb, or name another class in app.yaml"})
	all = append(all, prerequisite{"kubernetes:networking.k8s.io/v1:IngressClass", "nginx", "install the Ingress controller of class nginx, or name another class in app.yaml"})
	return all
}

// require fails where the cluster lacks a prerequisite or cannot be reached. It waits for the
// answers, so that nothing is declared before all of them are there.
func require(ctx *pulumi.Context, all []prerequisite) error {
	found := make([]pulumi.CustomResourceState, len(all))
	for i, p := range all {
		if err := ctx.ReadResource(p.token, p.name, pulumi.ID(p.id), nil, &found[i]); err != nil {
			return err
		}
	}
	for i := range found {
		if _, err := internals.UnsafeAwaitOutput(ctx.Context(), found[i].URN()); err != nil {
			return err
		}
	}
	return nil
}
