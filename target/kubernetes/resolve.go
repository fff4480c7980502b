package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target"
)

// Resolve decides everything that Kubernetes needs and notes what becomes of
// each field. The model is complete only when no finding is refused.
func Resolve(app *spec.App) (Model, target.Findings) {
	r := &resolver{notes: target.NewNotes(spec.Kubernetes, app)}
	r.notes.Exact("name", "prefixes the names of all objects")
	model := Model{App: app.Name}
	for _, name := range app.ServiceNames() {
		model.Services = append(model.Services, r.service(name, app.Services[name]))
	}
	if app.Usage != nil {
		r.notes.Dropped("usage", "assumed by ambi compare; never changes a stack")
	}
	return model, r.notes.Findings()
}

type resolver struct{ notes *target.Notes }

func (r *resolver) service(name string, s *spec.Service) Service {
	at := "services." + name
	out := Service{
		Name:           name,
		Image:          s.Image,
		Port:           s.Port,
		HealthPath:     s.Health.Path,
		CPU:            s.CPU.String(),
		MemoryMiB:      int((s.Memory.Bytes() + 1<<20 - 1) >> 20),
		TimeoutSeconds: int(s.Timeout.Std().Seconds()),
		Namespace:      s.Kubernetes.Namespace,
		MinReplicas:    s.Scale.Min,
		MaxReplicas:    s.Scale.Max,
		Metric:         "cpu",
		TargetPercent:  s.Scale.CPU,
	}
	if s.Scale.Memory > 0 {
		out.Metric, out.TargetPercent = "memory", s.Scale.Memory
	}
	if s.Image == "" {
		r.notes.Refused(at, "add image: the same HTTP image runs on both targets",
			"must have an image on target kubernetes, which runs no zip and finds no lambda.image")
	} else {
		r.notes.Exact(at+".image", "the container's image")
	}
	r.notes.Exact(at+".port", "the container's port; the Service listens on port 80")
	r.notes.Exact(at+".cpu", "the container's CPU request; there is no CPU limit")
	if int64(out.MemoryMiB)<<20 == s.Memory.Bytes() {
		r.notes.Exact(at+".memory", "the container's memory request and limit")
	} else {
		r.notes.Approximate(at+".memory", "the container's memory request and limit, rounded up to %dMi", out.MemoryMiB)
	}
	r.notes.Approximate(at+".timeout", "time that a pod gets to finish its requests when it stops; nothing cuts a slow request off")
	r.notes.Dropped(at+".concurrency", "the app bounds it itself; ambi compare uses it")
	r.notes.Exact(at+".health.path", "startup, readiness and liveness probes")
	for i := range s.HTTP.Routes {
		r.notes.Dropped(fmt.Sprintf("%s.http.routes[%d]", at, i), "the Service passes every method and path, from inside the cluster; nothing routes to it from outside")
	}
	r.environment(at, s, &out)
	r.scale(at, s, &out)
	r.notes.Exact(at+".kubernetes.namespace", "the objects' namespace, which must exist")
	r.lambdaOnly(at, s)
	return out
}

func (r *resolver) environment(at string, s *spec.Service, out *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Environment = append(out.Environment, Variable{Name: name, Value: s.Env[name]})
		r.notes.Exact(at+".env."+name, "an environment variable")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := s.Secrets[name]
		out.Environment = append(out.Environment, Variable{Name: name, SecretName: secret.Name, SecretKey: secret.Key})
		r.notes.Exact(at+".secrets."+name, "key %s of Secret %s, which must exist in the namespace", secret.Key, secret.Name)
	}
	slices.SortFunc(out.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
}

func (r *resolver) scale(at string, s *spec.Service, out *Service) {
	if s.Scale.Min == 0 {
		r.notes.Refused(at+".scale.min", "say min: 1; scaling to zero needs an add-on such as KEDA or Knative",
			"must be at least 1 on target kubernetes, got 0: a HorizontalPodAutoscaler does not scale to zero")
	} else {
		r.notes.Exact(at+".scale.min", "the autoscaler's minReplicas")
	}
	r.notes.Exact(at+".scale.max", "the autoscaler's maxReplicas")
	r.notes.Exact(at+".scale."+out.Metric, "the autoscaler's target utilization of the %s request", out.Metric)
}

// lambdaOnly notes the fields that only the lambda target has.
func (r *resolver) lambdaOnly(at string, s *spec.Service) {
	for _, field := range []string{"architecture", "handler", "logRetentionDays"} {
		r.notes.Dropped(at+".lambda."+field, "only the lambda target has it")
	}
	if s.Lambda.Image != "" {
		r.notes.Dropped(at+".lambda.image", "the pods run image instead")
	}
	if s.Lambda.Zip != "" {
		r.notes.Dropped(at+".lambda.zip", "the pods run image instead")
	}
	if len(s.Lambda.Layers) > 0 {
		r.notes.Dropped(at+".lambda.layers", "the pods run image instead")
	}
}
