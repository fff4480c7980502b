package kubernetes

// worker decides about pods that nothing calls.
func (r *resolver) worker(at string, out *Service) {
	out.Worker = true
	if len(r.app.Services[out.Name].Volumes) > 0 {
		r.notes.Exact(at+".worker", "a StatefulSet that nothing can connect to, which starts the app again whenever it ends; an update stops each pod before it starts the next one in its place")
	} else {
		r.notes.Exact(at+".worker", "a Deployment without a Service, which starts the app again whenever it ends; while an update rolls out, old and new pods run side by side")
	}
	r.notes.Dropped(at+".concurrency", "the app decides how much it does at once")
	if !r.app.Given(at + ".health") {
		out.Port, out.HealthPath, out.StartSeconds = 0, "", 0
		r.notes.Dropped(at+".port", "nothing connects to it: with health, probes do")
		r.notes.Dropped(at+".health.path", "there are no probes: the app is started again when it ends, and not when it hangs; with health, it is")
		return
	}
	r.notes.Exact(at+".port", "the container's port, which only probes connect to")
	r.notes.Exact(at+".health.path", "startup, readiness and liveness probes, which all ask it and pass on a status of 200 to 399: a pod that fails is restarted")
	if path := at + ".health.startup"; r.app.Given(path) {
		r.notes.Approximate(path, startupNote)
	}
}
