package kubernetes

import (
	"fmt"
	"slices"

	"example.com/golden/stacks/stacktest"
)

// calls is a service that this one finds by a variable, which has an address that names a
// namespace, and waits for.
func calls(service, name string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		other, deployment := s.find(t, service), g.One(t, w.runner(), w.name())
		deployment.Want(t, w.container("env[name="+name+"].value"),
			fmt.Sprintf("http://%s.%s.svc", other.name(), other.namespace), "it is where the app finds "+service)
		for _, first := range []*stacktest.Resource{g.One(t, deploymentType, other.name()), g.One(t, serviceType, other.name())} {
			if !slices.Contains(deployment.Needs[""], first.URN) {
				t.Errorf("%s: does not wait for %s: its pods would call %s before that is ready", deployment, first, service)
			}
		}
	}
}

func (s expectations) find(t stacktest.T, service string) wanted {
	for _, w := range s.services {
		if w.service == service {
			return w
		}
	}
	t.Errorf("there is no service %s", service)
	return wanted{}
}
