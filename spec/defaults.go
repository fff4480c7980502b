package spec

import "time"

// defaulter is implemented by the structs whose fields have defaults. The
// decoder calls it before it fills in what the spec gives; the jsonschema tags
// say the same to readers of the schema, and a test compares the two.
type defaulter interface{ SetDefaults() }

// SetDefaults targets everything.
func (a *App) SetDefaults() { a.Targets = Targets() }

// SetDefaults sizes an instance for a small HTTP service.
func (s *Service) SetDefaults() {
	s.Port = 8080
	s.CPU = mustQuantity("250m")
	s.Memory = mustQuantity("512Mi")
	s.Timeout = Duration(10 * time.Second)
	s.Concurrency = 10
}

// SetDefaults takes bodies as large as an HTTP API of AWS takes.
func (h *HTTP) SetDefaults() { h.MaxBody = mustQuantity("10Mi") }

// SetDefaults names the path that Kubernetes' own servers use.
func (h *Health) SetDefaults() {
	h.Path = "/healthz"
	h.Startup = Duration(time.Minute)
}

// SetDefaults keeps one instance running and allows ten.
func (s *Scale) SetDefaults() { s.Min, s.Max = 1, 10 }

// defaultScaleCPU is the target utilization where the spec names no metric.
// It cannot be among SetDefaults: a spec that names memory has no CPU target.
const defaultScaleCPU = 70

// defaultBacklog is the same for a service that events start.
const defaultBacklog = 10

// complete sets the defaults that depend on what the spec gives.
func (a *App) complete() {
	for name, s := range a.Services {
		at := child("services", name)
		if s.Worker != nil && !a.Given(at+".scale.max") {
			s.Scale.Max = max(usualWorkers, s.Scale.Min)
		}
		if s.Image == "" && !a.Given(at+".image") {
			s.Image = a.Image
		}
		if len(s.Volumes) > 0 {
			a.fixVolumes(at, s)
		}
		switch {
		case len(s.Volumes) > 0: // no metric changes the number
		case s.Scale.CPU != 0 || s.Scale.Memory != 0 || !s.Scale.Requests.IsZero():
		case s.Schedule != nil: // each run is one instance
		case s.IsEvents():
			if s.Scale.Backlog == 0 {
				s.Scale.Backlog = defaultBacklog
			}
			if !a.Given(at + ".scale.min") {
				s.Scale.Min = 0
			}
		default:
			s.Scale.CPU = defaultScaleCPU
		}
	}
}

// SetDefaults builds for x86_64 with the Web Adapter, and keeps logs a month.
func (l *LambdaOptions) SetDefaults() {
	l.Architecture = X8664
	l.Handler = HandlerAdapter
	l.LogRetentionDays = 30
}

// SetDefaults names the namespace that every cluster has.
func (k *KubernetesOptions) SetDefaults() { k.Namespace = "default" }

// mustQuantity is for quantities that are part of this program.
func mustQuantity(s string) Quantity {
	q, err := ParseQuantity(s)
	if err != nil {
		panic(err)
	}
	return q
}
