package kubernetes

import "example.com/golden/stacks/stacktest"

// pulls is the Secrets that open the image's registry.
func pulls(secrets ...string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		for _, name := range secrets {
			g.One(t, deploymentType, w.name()).Want(t, "spec.template.spec.imagePullSecrets[name="+name+"].name", name, "the registry gives the image to no one else")
		}
	}
}
