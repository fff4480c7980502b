package kubernetes

import "example.com/golden/stacks/stacktest"

// open is the container's port; nil where the app listens on none.
func (w wanted) open() any {
	if w.port == 0 {
		return nil
	}
	return w.port
}

// runsAlone holds pods that nothing calls to how they end, and to have no probes where
// nothing asks them.
func runsAlone(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, w.runner(), w.name())
	deployment.Want(t, w.container("lifecycle"), nil, "no load balancer has to be told of its end")
	deployment.Want(t, "spec.template.spec.terminationGracePeriodSeconds", w.timeoutSeconds, "it may finish its work")
	if w.healthPath != "" {
		return
	}
	for _, kind := range []string{"startupProbe", "readinessProbe", "livenessProbe"} {
		deployment.Want(t, w.container(kind), nil, "the app answers none, and would be restarted for ever")
	}
}
