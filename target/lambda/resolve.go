package lambda

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target"
)

// Resolve decides everything that Lambda needs and notes what becomes of each
// field. The model is complete only when no finding is refused.
func Resolve(app *spec.App) (Model, target.Findings) {
	r := &resolver{app: app, notes: target.NewNotes(spec.Lambda, app)}
	r.notes.Exact("name", "prefixes the names of all resources")
	model := Model{App: app.Name}
	routes := 0
	for _, name := range app.ServiceNames() {
		service := r.service(name, app.Services[name])
		routes += len(service.Routes)
		model.Services = append(model.Services, service)
	}
	if routes > MaxRoutes {
		r.notes.Refused("services", "split the app, or let {path+} take a whole prefix",
			"must have %d routes at most on target lambda, got %d: an HTTP API takes no more", MaxRoutes, routes)
	}
	model.Secrets = secrets(model.Services)
	if app.Usage != nil {
		r.notes.Dropped("usage", "assumed by ambi compare; never changes a stack")
	}
	return model, r.notes.Findings()
}

type resolver struct {
	app   *spec.App
	notes *target.Notes
}

func (r *resolver) service(name string, s *spec.Service) Service {
	at := "services." + name
	out := Service{
		Name:             name,
		Architecture:     string(s.Lambda.Architecture),
		CPU:              s.CPU.String(),
		LogRetentionDays: s.Lambda.LogRetentionDays,
	}
	r.code(at, s, &out)
	r.size(at, s, &out)
	r.timeout(at, s, &out)
	r.http(at, s, &out)
	r.environment(at, s, &out)
	r.scale(at, s)
	r.notes.Exact(at+".lambda.architecture", "the function's architecture")
	r.notes.Exact(at+".lambda.logRetentionDays", "the log group's retention")
	r.notes.Dropped(at+".kubernetes.namespace", "only the kubernetes target has namespaces")
	return out
}

var ecrImage = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/`)

// code decides what the function runs: a zip, or an image in ECR.
func (r *resolver) code(at string, s *spec.Service, out *Service) {
	if s.Lambda.Zip != "" {
		out.Zip, out.Layers = s.Lambda.Zip, s.Lambda.Layers
		r.notes.Exact(at+".lambda.zip", "the function's code, on runtime provided.al2023")
		if s.Image != "" {
			r.notes.Dropped(at+".image", "the function runs lambda.zip instead")
		}
		if len(s.Lambda.Layers) > 0 {
			r.notes.Exact(at+".lambda.layers", "the function's layers")
		} else if s.Lambda.Handler == spec.HandlerAdapter {
			r.notes.Refused(at+".lambda.zip",
				"add the Lambda Web Adapter's layer to lambda.layers, or say lambda.handler: native if the app speaks the runtime API itself",
				"must come with the Lambda Web Adapter on target lambda: nothing else turns an invocation into an HTTP request")
		}
		return
	}
	path := at + ".image"
	out.Image = s.Image
	if s.Lambda.Image != "" {
		if s.Image != "" {
			r.notes.Dropped(path, "the function runs lambda.image instead")
		}
		path, out.Image = at+".lambda.image", s.Lambda.Image
	}
	if !ecrImage.MatchString(out.Image) {
		r.notes.Refused(path, "push it to an ECR repository in the function's region and name that in lambda.image",
			"must be in an ECR repository on target lambda, got %q: Lambda pulls from no other registry", out.Image)
		return
	}
	r.notes.Exact(path, "the function's image; its repository must be in the function's region")
}

// size derives the one number that Lambda takes, memory, from cpu and memory.
func (r *resolver) size(at string, s *spec.Service, out *Service) {
	memory := int((s.Memory.Bytes() + 1<<20 - 1) >> 20)
	cpu := int((s.CPU.Milli()*MemoryMBForOneVCPU + 999) / 1000)
	out.MemoryMB, out.MemoryDecidedBy = memory, "memory"
	if cpu > memory {
		out.MemoryMB, out.MemoryDecidedBy = cpu, "cpu"
	}
	if memory < MinMemoryMB && out.MemoryDecidedBy == "memory" {
		r.notes.Refused(at+".memory", "the smallest Lambda function has 128 MB",
			"must be 128Mi to 10240Mi on target lambda, got %s", s.Memory)
		return
	}
	out.MemoryMB = max(out.MemoryMB, MinMemoryMB)
	switch {
	case memory > MaxMemoryMB:
		r.notes.Refused(at+".memory", "the largest Lambda function has 10,240 MB",
			"must be 128Mi to 10240Mi on target lambda, got %s", s.Memory)
	case cpu > MaxMemoryMB:
		r.notes.Refused(at+".cpu", "CPU grows with memory, and the largest function has 10,240 MB",
			"must be at most %dm on target lambda, got %s", MaxMemoryMB*1000/MemoryMBForOneVCPU, s.CPU)
	case out.MemoryDecidedBy == "cpu":
		r.notes.Approximate(at+".cpu", "decides: %s of CPU takes %d MB of memory (1,769 MB is one vCPU)", s.CPU, out.MemoryMB)
		r.notes.Approximate(at+".memory", "the function has %d MB, since cpu needs more than %s", out.MemoryMB, s.Memory)
	default:
		r.notes.Approximate(at+".cpu", "comes with memory: %d MB gives %dm", out.MemoryMB, out.MemoryMB*1000/MemoryMBForOneVCPU)
		r.notes.Exact(at+".memory", "decides: the function has %d MB", out.MemoryMB)
	}
}

func (r *resolver) timeout(at string, s *spec.Service, out *Service) {
	out.TimeoutSeconds = int(s.Timeout.Std().Seconds())
	if out.TimeoutSeconds > MaxTimeoutSeconds {
		r.notes.Refused(at+".timeout", "split the work, or run it on target kubernetes",
			"must be at most 900s on target lambda, got %s: no invocation lasts longer", s.Timeout)
		return
	}
	if out.TimeoutSeconds > MaxRouteTimeoutSeconds {
		r.notes.Refused(at+".timeout", "answer at once and let the client ask for the result later",
			"must be at most 30s on target lambda, got %s: an HTTP API waits no longer", s.Timeout)
		return
	}
	r.notes.Exact(at+".timeout", "the function's timeout, and the API's for it")
}

// http decides who turns an invocation into a request, and the route keys.
func (r *resolver) http(at string, s *spec.Service, out *Service) {
	for i, route := range s.HTTP.Routes {
		out.Routes = append(out.Routes, route.String())
		r.notes.Exact(element(at+".http.routes", i), "route %s of the HTTP API", route)
	}
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Exact(at+".lambda.handler", "the app speaks the runtime API itself")
		r.notes.Dropped(at+".port", "the app speaks the runtime API itself; nothing connects to a port")
		r.notes.Dropped(at+".health.path", "the app says itself that it is ready, by asking for an invocation")
		return
	}
	out.Environment = append(out.Environment,
		Variable{Name: "AWS_LWA_PORT", Value: itoa(s.Port)},
		Variable{Name: "AWS_LWA_READINESS_CHECK_PATH", Value: s.Health.Path})
	if out.Zip == "" {
		r.notes.Approximate(at+".lambda.handler", "the image must contain the Lambda Web Adapter, since image functions take no layers: "+
			"COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter")
	} else {
		r.notes.Exact(at+".lambda.handler", "the Lambda Web Adapter, from lambda.layers")
	}
	r.notes.Exact(at+".port", "the Lambda Web Adapter connects to it (AWS_LWA_PORT)")
	r.notes.Approximate(at+".health.path", "asked once, at a cold start, by the Lambda Web Adapter (AWS_LWA_READINESS_CHECK_PATH)")
}

// environment adds the app's own variables; a secret becomes a reference.
func (r *resolver) environment(at string, s *spec.Service, out *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Environment = append(out.Environment, Variable{Name: name, Value: s.Env[name]})
		r.notes.Exact(at+".env."+name, "an environment variable")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := s.Secrets[name]
		out.Environment = append(out.Environment, Variable{
			Name: name + "_SECRET", SecretName: secret.Name, SecretKey: secret.Key,
		})
		out.Secrets = append(out.Secrets, secret.Name)
		r.notes.Approximate(at+".secrets."+name, "a reference in %s_SECRET, which the app resolves when it starts: "+
			"key %s of a Secrets Manager secret that the stack creates without a value", name, secret.Key)
	}
	slices.SortFunc(out.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(out.Secrets)
	out.Secrets = slices.Compact(out.Secrets)
	bytes := 0
	for _, v := range out.Environment {
		bytes += len(v.Name) + len(v.Value)
		if v.SecretName != "" {
			bytes += secretReferenceBytes + len(v.SecretName) + len(v.SecretKey)
		}
	}
	if bytes > MaxEnvironmentBytes {
		r.notes.Refused(at+".env", "move large values into the image, or let the app fetch them when it starts",
			"must hold 4096 bytes at most on target lambda, names and secret references included, got %d", bytes)
	}
}

func (r *resolver) scale(at string, s *spec.Service) {
	if s.Concurrency == 1 {
		r.notes.Exact(at+".concurrency", "an environment takes one request at a time")
	} else {
		r.notes.Approximate(at+".concurrency", "an environment takes one request at a time; Lambda starts more of them instead")
	}
	if s.Scale.Min == 0 {
		r.notes.Exact(at+".scale.min", "nothing runs, and nothing is paid, between requests; a request after a pause meets a cold start")
	} else {
		r.notes.Dropped(at+".scale.min", "no environment is kept warm")
	}
	r.notes.Dropped(at+".scale.max", "the account's concurrency is the only bound")
	metric := ".scale.cpu"
	if s.Scale.Memory > 0 {
		metric = ".scale.memory"
	}
	r.notes.Dropped(at+metric, "Lambda scales by request, not by utilization")
}

// secrets lists each secret that a service reads, once, with all its keys.
func secrets(services []Service) []Secret {
	keys := map[string][]string{}
	for _, s := range services {
		for _, v := range s.Environment {
			if v.SecretName != "" {
				keys[v.SecretName] = append(keys[v.SecretName], v.SecretKey)
			}
		}
	}
	var list []Secret
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		slices.Sort(keys[name])
		list = append(list, Secret{Name: name, Keys: slices.Compact(keys[name])})
	}
	return list
}
