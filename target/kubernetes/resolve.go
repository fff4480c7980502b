package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// Resolve decides everything that Kubernetes needs and notes what each field becomes. The model
// is complete only when no finding is refused.
func Resolve(app *spec.App) (Model, finding.List) {
	r := &resolver{app: app, notes: finding.New(spec.Kubernetes, app), callers: app.Callers(), paths: map[string]string{}, fronts: frontsOf(app)}
	r.notes.Exact("name", "prefixes the names of all objects")
	model := Model{App: app.Name}
	for _, name := range app.ServiceNames() {
		model.Services = append(model.Services, r.service(name, app.Services[name]))
	}
	r.databases(model.Services)
	r.shared(&model)
	r.notes.Usage()
	return model, r.notes.List()
}

type resolver struct {
	app     *spec.App
	notes   *finding.Notes
	callers map[string][]string // of each service, in order
	paths   map[string]string   // the service that has a path, by what tells paths apart outside
	fronts  fronts
}

func (r *resolver) service(name string, s *spec.Service) Service {
	at := "services." + name
	cpu, cpuAt := s.CPU, at+".cpu"
	if own := s.Kubernetes.CPU; own != nil {
		r.notes.Dropped(cpuAt, "kubernetes.cpu overrides it for the pods")
		cpu, cpuAt = *own, at+".kubernetes.cpu"
	}
	memory, memoryAt := s.Memory, at+".memory"
	if own := s.Kubernetes.Memory; own != nil {
		r.notes.Dropped(memoryAt, "kubernetes.memory overrides it for the pods")
		memory, memoryAt = *own, at+".kubernetes.memory"
	}
	out := Service{
		Name:           name,
		Alone:          s.Alone(),
		Image:          s.Image,
		Command:        s.Command,
		Args:           s.Args,
		PullSecrets:    s.Kubernetes.PullSecrets,
		Port:           s.Port,
		HealthPath:     s.Health.Path,
		CPU:            cpu.String(),
		MilliCPU:       int(cpu.Milli()),
		MemoryMiB:      int((memory.Bytes() + 1<<20 - 1) >> 20),
		TimeoutSeconds: int(s.Timeout.Std().Seconds()),
		Concurrency:    s.Concurrency,
		Namespace:      s.Kubernetes.Namespace,
		StartSeconds:   int(s.Health.Startup.Std().Seconds()),
		User:           cmp.Or(s.Kubernetes.User, usualUser),
		WritableRoot:   s.Kubernetes.WritableRoot,
		Connections:    s.Connections,
	}
	for _, route := range s.HTTP.Routes {
		out.Routes = append(out.Routes, route.String())
	}
	if s.Image == "" {
		r.notes.Refused(at, finding.Refusal{Limit: "image", Page: DeploymentPage, Hint: "add image: the same HTTP image runs on both targets"},
			"needs an image on target kubernetes, which does not use lambda.zip or lambda.image")
	} else {
		root := "its file system is read-only but for /tmp"
		if out.WritableRoot {
			root = "its file system is writable, as far as that user may write"
		}
		r.notes.Approximate(r.app.ImagePath(at), "the container's image, which runs as user and group %d, whatever user it specifies; %s (kubernetes.user, kubernetes.writableRoot)", out.User, root)
	}
	if len(s.Command) > 0 {
		r.notes.Exact(at+".command", "the container's command, instead of the image's entry point; without args, nothing follows it")
	}
	if len(s.Args) > 0 {
		r.notes.Exact(at+".args", "the container's args, instead of the image's own")
	}
	if s.Worker != nil {
		r.worker(at, &out)
	} else {
		r.asked(name, s, &out)
	}
	r.notes.Exact(cpuAt, "the container's CPU request; there is no CPU limit")
	if int64(out.MemoryMiB)<<20 == memory.Bytes() {
		r.notes.Exact(memoryAt, "the container's memory request and limit")
	} else {
		r.notes.Approximate(memoryAt, "the container's memory request and limit, rounded up to %dMi", out.MemoryMiB)
	}
	r.environment(at, s, &out)
	r.calls(name, s, &out)
	r.uses(name, s, &out)
	r.events(name, s, &out)
	if s.Schedule != nil {
		r.schedule(name, s, &out)
	}
	r.volumes(at, s, &out)
	r.permissions(at, s, &out)
	r.authorizer(at, s, &out)
	slices.SortFunc(out.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	r.outside(name, s, &out)
	r.switched(name, s, &out)
	r.scale(at, s, &out)
	r.pod(at, s, &out)
	r.network(name, &out)
	r.notes.Exact(at+".kubernetes.namespace", "the objects' namespace, which must exist")
	if len(s.Kubernetes.PullSecrets) > 0 {
		r.notes.Exact(at+".kubernetes.pullSecrets", "the pods' imagePullSecrets, which must exist in the namespace")
	}
	r.serviceMonitor(at, s, &out)
	r.notes.OtherTargets(name)
	return out
}

const startupNote = "the startup probe restarts the container after this time, give or take the 2 s between two probes"

// asked decides about the port of an app that something asks, and about its probes.
func (r *resolver) asked(name string, s *spec.Service, out *Service) {
	at := "services." + name
	bind := ""
	if s.Port < firstPort {
		bind = "; the sysctl net.ipv4.ip_unprivileged_port_start lets the pods' user listen there"
	}
	if !s.IsHTTP() {
		r.notes.Exact(at+".port", "the container's port, which its NetworkPolicy lets nothing outside the pod connect to%s", bind)
	} else {
		r.notes.Exact(at+".port", "the container's port, the only one that its NetworkPolicy lets others connect to; the Service listens on port 80%s", bind)
	}
	if s.Schedule != nil {
		r.notes.Dropped(at+".concurrency", "a run is one request")
	} else if e, ok := r.app.Events(name); ok && !e.Pull {
		r.notes.Exact(at+".concurrency", "messages that the delivery container gives the app at once")
	} else {
		r.notes.Dropped(at+".concurrency", "the app bounds it itself; ambi compare uses it")
	}
	r.notes.Exact(at+".health.path", "startup, readiness and liveness probes, which all ask it and pass on a status of 200 to 399: "+
		"a pod that fails gets no requests and is then restarted, so it should not check what the app depends on")
	if path := at + ".health.startup"; r.app.Given(path) {
		r.notes.Approximate(path, startupNote)
	}
}

// usualUser is the one that images without a shell have for what is not root.
const usualUser = 65532

// firstPort is the first that a user who is not root may listen on.
const firstPort = 1024

// pod decides what the pods run as, and where.
func (r *resolver) pod(at string, s *spec.Service, out *Service) {
	if path := at + ".kubernetes.user"; r.app.Given(path) {
		r.notes.Exact(path, "the pods' user, and their group")
	}
	if path := at + ".kubernetes.writableRoot"; r.app.Given(path) {
		r.notes.Exact(path, "%s", map[bool]string{true: "the container's file system is writable, as far as its user may write", false: "the container can only write to /tmp"}[out.WritableRoot])
	}
	shared := s.Lambda.Architecture == spec.ARM64 && s.Lambda.Image == "" && s.Lambda.Zip == ""
	switch path := at + ".kubernetes.architecture"; {
	case s.Kubernetes.Architecture != "":
		out.Architecture = map[spec.Architecture]string{spec.X8664: "amd64", spec.ARM64: "arm64"}[s.Kubernetes.Architecture]
		r.notes.Exact(path, "the pods' nodeSelector: kubernetes.io/arch is %s", out.Architecture)
	case shared:
		out.AnyNode = true
		r.notes.Approximate(r.app.ImagePath(at), "the function runs it on arm64, and the pods may run on nodes of any architecture: set kubernetes.architecture, unless the image supports several")
	}
	if s.Connections > 0 {
		out.MostConnections = poolsOf(out)
		if s.Schedule != nil {
			r.notes.Dropped(at+".connections", "nothing holds it to that: a run is one pod with one request, which holds 1 connection, and runs may overlap")
			return
		}
		more := ""
		if out.MostConnections > s.Connections {
			more = fmt.Sprintf(", more than the %d allowed", s.Connections)
		}
		work := "requests"
		switch {
		case s.IsEvents():
			work = "messages"
		case s.Worker != nil:
			work = "tasks"
		}
		r.notes.Dropped(at+".connections", "nothing enforces it: %d pods, each with %d %s at once, can hold up to %d connections%s; %s",
			out.MaxReplicas, s.Concurrency, work, out.MostConnections, more, out.surged())
	}
}

func (r *resolver) environment(at string, s *spec.Service, out *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Environment = append(out.Environment, Variable{Name: name, Value: s.Env[name]})
		r.notes.Exact(at+".env."+name, "an environment variable; a change replaces the pods")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := s.Secrets[name]
		out.Environment = append(out.Environment, Variable{Name: name, SecretName: secret.Name, SecretKey: secret.Key})
		r.notes.Exact(at+".secrets."+name,
			"the key %q of Secret %s, which must exist in the namespace; pods read it when they start, so a new value needs a restart", secret.Key, secret.Name)
	}
}

// calls decides who in the app calls whom.
func (r *resolver) calls(name string, s *spec.Service, out *Service) {
	for i, other := range s.Needs {
		variable := spec.AddressVariable(other)
		if r.app.Services[other] == nil {
			r.needAcross(fmt.Sprintf("services.%s.needs[%d]", name, i), other, s, out)
			continue
		}
		out.Needs = append(out.Needs, Need{Service: other, Variable: variable})
		r.notes.Exact(fmt.Sprintf("services.%s.needs[%d]", name, i), "the address of its Service, in %s; %s", variable, whoElse(r.app.Services[other]))
	}
	slices.SortFunc(out.Needs, func(a, b Need) int { return strings.Compare(a.Service, b.Service) })
	slices.SortFunc(out.NeedsAcross, func(a, b NeedAcross) int { return strings.Compare(a.Service, b.Service) })
	out.Callers, out.Internal = r.callers[name], s.HTTP.Internal
	if s.Internal() && !s.HTTP.Internal {
		out.InternalCallers = out.Callers
	}
}

// enforced is what a NetworkPolicy depends on.
const enforced = ", where the cluster's network enforces NetworkPolicies"

// whoElse says who else may still call a service that is needed.
func whoElse(needed *spec.Service) string {
	switch {
	case needed.Kubernetes.Ingress != nil || needed.Kubernetes.Gateway != nil:
		return "its NetworkPolicy allows connections from anywhere, including this service"
	case needed.Kubernetes.ServiceMonitor != nil:
		return "its NetworkPolicy then allows the services that need it and Prometheus, but no other pods in the cluster" + enforced
	default:
		return "its NetworkPolicy then allows the services that need it, but no other pods in the cluster" + enforced
	}
}
