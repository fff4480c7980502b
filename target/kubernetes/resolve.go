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
	r := &resolver{app: app, notes: target.NewNotes(spec.Kubernetes, app), paths: map[string]string{}}
	r.notes.Exact("name", "prefixes the names of all objects")
	model := Model{App: app.Name}
	for _, name := range app.ServiceNames() {
		model.Services = append(model.Services, r.service(name, app.Services[name]))
	}
	r.notes.Usage()
	return model, r.notes.Findings()
}

type resolver struct {
	app   *spec.App
	notes *target.Notes
	paths map[string]string // the service that has a path, by what tells paths apart outside
}

func (r *resolver) service(name string, s *spec.Service) Service {
	at := "services." + name
	out := Service{
		Name:           name,
		Image:          s.Image,
		PullSecrets:    s.Kubernetes.PullSecrets,
		Port:           s.Port,
		HealthPath:     s.Health.Path,
		CPU:            s.CPU.String(),
		MemoryMiB:      int((s.Memory.Bytes() + 1<<20 - 1) >> 20),
		TimeoutSeconds: int(s.Timeout.Std().Seconds()),
		Namespace:      s.Kubernetes.Namespace,
	}
	if s.Image == "" {
		r.notes.Refused(at, "add image: the same HTTP image runs on both targets",
			"must have an image on target kubernetes, which runs no zip and finds no lambda.image")
	} else {
		r.notes.Exact(at+".image", "the container's image")
	}
	r.notes.Exact(at+".port", "the container's port, the only one that others may connect to; the Service listens on port 80")
	r.notes.Exact(at+".cpu", "the container's CPU request; there is no CPU limit")
	if int64(out.MemoryMiB)<<20 == s.Memory.Bytes() {
		r.notes.Exact(at+".memory", "the container's memory request and limit")
	} else {
		r.notes.Approximate(at+".memory", "the container's memory request and limit, rounded up to %dMi", out.MemoryMiB)
	}
	r.notes.Dropped(at+".concurrency", "the app bounds it itself; ambi compare uses it")
	r.notes.Exact(at+".health.path", "startup, readiness and liveness probes")
	r.environment(at, s, &out)
	r.calls(name, s, &out)
	r.permissions(at, s, &out)
	r.outside(name, s, &out)
	r.scale(at, s, &out)
	r.notes.Exact(at+".kubernetes.namespace", "the objects' namespace, which must exist")
	if len(s.Kubernetes.PullSecrets) > 0 {
		r.notes.Exact(at+".kubernetes.pullSecrets", "the pods' imagePullSecrets, which must exist in the namespace")
	}
	if m := s.Kubernetes.ServiceMonitor; m != nil {
		out.MetricsPath = m.Path
		r.notes.Exact(at+".kubernetes.serviceMonitor.path", "a ServiceMonitor for the Prometheus Operator, whose Prometheus must select it; "+
			"the NetworkPolicy lets its pods in, which are labelled app.kubernetes.io/name=prometheus, from any namespace")
	}
	r.lambdaOnly(at, s)
	return out
}

func (r *resolver) environment(at string, s *spec.Service, out *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Environment = append(out.Environment, Variable{Name: name, Value: s.Env[name]})
		r.notes.Exact(at+".env."+name, "an environment variable; a change rolls the pods")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := s.Secrets[name]
		out.Environment = append(out.Environment, Variable{Name: name, SecretName: secret.Name, SecretKey: secret.Key})
		r.notes.Exact(at+".secrets."+name,
			"the key %q of Secret %s, which must exist in the namespace; pods read it when they start, so a new value needs a restart", secret.Key, secret.Name)
	}
	slices.SortFunc(out.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
}

// calls decides who in the app calls whom.
func (r *resolver) calls(name string, s *spec.Service, out *Service) {
	for i, other := range s.Needs {
		variable := spec.AddressVariable(other)
		out.Needs = append(out.Needs, Need{Service: other, Variable: variable})
		r.notes.Exact(fmt.Sprintf("services.%s.needs[%d]", name, i), "the address of its Service, in %s; %s", variable, whoElse(r.app.Services[other]))
	}
	slices.SortFunc(out.Needs, func(a, b Need) int { return strings.Compare(a.Service, b.Service) })
	for _, other := range r.app.ServiceNames() {
		if slices.Contains(r.app.Services[other].Needs, name) {
			out.Callers = append(out.Callers, other)
		}
	}
}

// whoElse says what a need does to everybody else who calls the service that is needed.
func whoElse(needed *spec.Service) string {
	switch {
	case needed.Kubernetes.Ingress != nil || needed.Kubernetes.Gateway != nil:
		return "its NetworkPolicy lets everybody in, and this service with them"
	case needed.Kubernetes.ServiceMonitor != nil:
		return "its NetworkPolicy then lets in the services that need it, Prometheus, and no other pod of the cluster"
	default:
		return "its NetworkPolicy then lets in the services that need it, and no other pod of the cluster"
	}
}

// permissions decides which AWS role the pods get.
func (r *resolver) permissions(at string, s *spec.Service, out *Service) {
	path := at + ".kubernetes.identity"
	switch identity := s.Kubernetes.Identity; {
	case len(s.Permissions) == 0 && identity != "":
		r.notes.Dropped(path, "without permissions, the pods need no role")
		return
	case len(s.Permissions) == 0:
		return
	case identity == "":
		r.notes.Refused(at+".permissions", "on EKS, set kubernetes.identity to pod-identity or irsa",
			"must come with kubernetes.identity on target kubernetes: nothing else gives pods a role in AWS")
		return
	case identity == spec.IRSA:
		r.notes.Exact(path, "a role that the pods' ServiceAccount may assume, by the OpenID Connect provider that the setting oidcProviderArn names")
	default:
		r.notes.Exact(path, "a role and a PodIdentityAssociation, in the EKS cluster that the setting clusterName names")
	}
	out.Identity = &Identity{IRSA: s.Kubernetes.Identity == spec.IRSA}
	for i, p := range s.Permissions {
		out.Identity.Statements = append(out.Identity.Statements, Statement{Actions: p.Actions, Resources: p.Resources, Why: p.Why})
		r.notes.Exact(fmt.Sprintf("%s.permissions[%d]", at, i), "a statement of the policy of the pods' role")
	}
}

// lambdaOnly notes the fields that only the lambda target has.
func (r *resolver) lambdaOnly(at string, s *spec.Service) {
	at += ".lambda."
	r.notes.Dropped(at+"architecture", "the image decides, and the nodes must match it")
	for _, field := range []string{"handler", "logRetentionDays"} {
		r.notes.Dropped(at+field, "only the lambda target has it")
	}
	if s.Lambda.Image != "" {
		r.notes.Dropped(at+"image", "the pods run image instead")
	}
	if s.Lambda.Zip != "" {
		r.notes.Dropped(at+"zip", "the pods run image instead")
	}
	if len(s.Lambda.Layers) > 0 {
		r.notes.Dropped(at+"layers", "the pods run image instead")
	}
	if s.Lambda.Provisioned > 0 {
		r.notes.Dropped(at+"provisioned", "pods are warm; scale.min says how many at least")
	}
	if s.Lambda.Reserved {
		r.notes.Dropped(at+"reserved", "scale.max bounds the pods")
	}
	if s.Lambda.Tracing {
		r.notes.Dropped(at+"tracing", "only the lambda target has it; the app can send its own traces")
	}
	if s.Lambda.VPC {
		r.notes.Dropped(at+"vpc", "pods are in the cluster's network")
	}
}
