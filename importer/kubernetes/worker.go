package kubernetes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// alone reports whether nothing calls the workload: it has no port, no Service leads to it,
// and nothing asks it over HTTP.
func (w *workload) alone() bool {
	c := w.container
	asks := func(p *corev1.Probe) bool { return p != nil && p.Exec == nil }
	return len(w.fronts) == 0 && len(c.Ports) == 0 && !asks(c.ReadinessProbe) && !asks(c.LivenessProbe) && !asks(c.StartupProbe) && !w.delivered() &&
		!slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "PORT" })
}

// worker makes a service of it that runs all the time by itself.
func (w *workload) worker() {
	w.service.Work()
	w.note(w.service.Path("worker"), "has no port: it is a worker, which Kubernetes alone can run", false)
	for _, probe := range []string{"readinessProbe", "livenessProbe", "startupProbe"} {
		w.Leave(w.at.Get(probe, "exec"), "health is asked over HTTP, of a worker too: say health where it answers", true)
	}
}
