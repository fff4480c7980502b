package lambda

import (
	"fmt"
	"slices"

	"ambi/internal/lazyregexp"
	"ambi/spec"
	"ambi/target/finding"
)

// Resolve decides everything that Lambda needs and notes what each field becomes. The model is
// complete only when no finding is refused.
func Resolve(app *spec.App) (Model, finding.List) {
	r := &resolver{app: app, names: app.ServiceNames(), notes: finding.New(spec.Lambda, app), callers: app.Callers(), optionsTaken: shapesWithOptions(app), taken: map[spec.Route]string{}}
	for _, name := range r.names {
		if across := app.CallersAcross(name); len(across) > 0 {
			r.callers[name] = slices.Sorted(slices.Values(slices.Concat(r.callers[name], across)))
		}
	}
	r.notes.Exact("name", "prefixes the names of all resources")
	model := Model{App: app.Name}
	for _, name := range r.names {
		service := r.service(name, app.Services[name])
		model.Services = append(model.Services, service)
		model.AccessLogRetentionDays = max(model.AccessLogRetentionDays, service.LogRetentionDays)
	}
	r.databases(model.Services)
	r.cors(&model)
	r.authorize(&model)
	r.domains(&model)
	r.switched(&model)
	routes := 0
	for _, service := range model.Services {
		routes += len(service.Routes) + len(service.OpenRoutes)
		if service.HealthRoute != "" {
			routes++
		}
	}
	if routes > MaxRoutes {
		r.notes.Refused("services", finding.Refusal{Limit: "routes", Page: HTTPAPIQuotasPage, Hint: "split the app, or use {path+} for a whole prefix"},
			"must have at most %d routes on target lambda, got %d: an HTTP API allows no more", MaxRoutes, routes)
	}
	model.Secrets = secrets(model.Services)
	r.notes.Usage()
	return model, r.notes.List()
}

type resolver struct {
	app          *spec.App
	names        []string // of the services, in order
	notes        *finding.Notes
	callers      map[string][]string   // of each service, in order
	optionsTaken map[string]bool       // shapes of paths on which a service answers OPTIONS itself
	taken        map[spec.Route]string // the service that answers a health check
	region       string                // of the first image
	regionOf     string                // where that image is written
}

func (r *resolver) service(name string, s *spec.Service) Service {
	at := "services." + name
	out := Service{
		Name:             name,
		Alone:            s.Alone(),
		Architecture:     string(s.Lambda.Architecture),
		CPU:              s.CPU.String(),
		CallersAcross:    r.app.CallersAcross(name),
		LogRetentionDays: s.Lambda.LogRetentionDays,
	}
	r.code(at, s, &out)
	r.command(at, s, &out)
	r.size(at, s, &out)
	r.timeout(at, s, &out)
	r.uses(name, s, &out)
	if s.IsEvents() {
		r.events(name, s, &out)
	}
	if s.Schedule != nil {
		r.schedule(name, s, &out)
	}
	r.worker(at, s, &out)
	r.volumes(at, s)
	r.http(at, s, &out)
	r.environment(at, s, &out)
	r.permissions(at, s, &out)
	r.scale(at, s, &out)
	r.options(at, s, &out)
	r.connections(at, s, &out)
	r.network(name, s, &out)
	r.across(at, s, &out)
	r.notes.Exact(at+".lambda.architecture", "the function's architecture")
	r.notes.Exact(at+".lambda.logRetentionDays", "the log group's retention")
	r.notes.OtherTargets(name)
	return out
}

var ecrImage = lazyregexp.New(`^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?/`)

// code decides what the function runs: a zip, or an image in ECR.
func (r *resolver) code(at string, s *spec.Service, out *Service) {
	if s.Lambda.Zip != "" {
		out.Zip, out.Layers = s.Lambda.Zip, s.Lambda.Layers
		r.notes.Exact(at+".lambda.zip", "the function's code, on runtime provided.al2023")
		if s.Image != "" {
			r.notes.Dropped(r.app.ImagePath(at), "the function runs lambda.zip instead")
		}
		switch {
		case len(s.Lambda.Layers) > 0:
			r.notes.Exact(at+".lambda.layers", "the function's layers")
		case s.Lambda.Handler == spec.HandlerAdapter && s.Lambda.Architecture == spec.ARM64:
			out.AdapterLayer = AdapterLayerARM64
		case s.Lambda.Handler == spec.HandlerAdapter:
			out.AdapterLayer = AdapterLayerX8664
		}
		return
	}
	path := r.app.ImagePath(at)
	out.Image = s.Image
	if s.Lambda.Image != "" {
		if s.Image != "" {
			r.notes.Dropped(path, "the function runs lambda.image instead")
		}
		path, out.Image = at+".lambda.image", s.Lambda.Image
	}
	parts := ecrImage.FindStringSubmatch(out.Image)
	if parts == nil {
		r.notes.Refused(path, finding.Refusal{
			Limit: RegistryLimit, Page: ImagesPage, Hint: "push it to an ECR repository in the function's region and name that in lambda.image",
		},
			"must be in an ECR repository on target lambda, got %q: Lambda pulls from no other registry", out.Image)
		return
	}
	if out.Region = parts[1]; r.region == "" {
		r.region, r.regionOf = out.Region, path
	}
	if out.Region != r.region {
		r.notes.Approximate(path, "the function's image, in a repository in %s, while %s is in one in %s: a stack is in one region, and its functions only run "+
			"images from that region. Name an image in that region here, or in each stack's settings", out.Region, r.regionOf, r.region)
		return
	}
	r.notes.Exact(path, "the function's image; its repository must be in the function's region")
}

// size derives the one number that Lambda takes, memory, from cpu and memory, unless
// lambda.memory says it.
func (r *resolver) size(at string, s *spec.Service, out *Service) {
	if own := s.Lambda.Memory; own != nil {
		out.MemoryMB, out.MemoryDecidedBy = mebibytes(*own), "lambda.memory"
		gives := fmt.Sprintf("the function has %d MB, which give %dm of CPU%s", out.MemoryMB, out.MemoryMB*1000/MemoryMBForOneVCPU, inNewAccount(out.MemoryMB))
		if int64(out.MemoryMB)<<20 == own.Bytes() {
			r.notes.Exact(at+".lambda.memory", "%s", gives)
		} else {
			r.notes.Approximate(at+".lambda.memory", "rounded up: %s", gives)
		}
		r.notes.Dropped(at+".cpu", "lambda.memory overrides it for the function")
		r.notes.Dropped(at+".memory", "lambda.memory overrides it for the function")
		return
	}
	memory := mebibytes(s.Memory)
	cpu := int((s.CPU.Milli()*MemoryMBForOneVCPU + 999) / 1000)
	out.MemoryMB, out.MemoryDecidedBy = memory, "memory"
	if cpu > memory {
		out.MemoryMB, out.MemoryDecidedBy = cpu, "cpu"
	}
	if memory < MinMemoryMB && out.MemoryDecidedBy == "memory" {
		r.notes.Refused(at+".memory", finding.Refusal{Limit: "memory", Page: QuotasPage, Hint: "the smallest Lambda function has 128 MB"},
			"must be 128Mi to 10240Mi on target lambda, got %s", s.Memory)
		return
	}
	out.MemoryMB = max(out.MemoryMB, MinMemoryMB)
	largest := inNewAccount(out.MemoryMB)
	switch {
	case memory > MaxMemoryMB:
		r.notes.Refused(at+".memory", finding.Refusal{Limit: "memory", Page: QuotasPage, Hint: "the largest Lambda function has 10,240 MB"},
			"must be 128Mi to 10240Mi on target lambda, got %s", s.Memory)
	case cpu > MaxMemoryMB:
		r.notes.Refused(at+".cpu", finding.Refusal{Limit: "cpu", Page: QuotasPage, Hint: "CPU grows with memory, and the largest function has 10,240 MB"},
			"must be at most %dm on target lambda, got %s", MaxMemoryMB*1000/MemoryMBForOneVCPU, s.CPU)
	case out.MemoryDecidedBy == "cpu":
		r.notes.Approximate(at+".cpu", "decides: %s of CPU takes %d MB of memory (1,769 MB is one vCPU)%s", s.CPU, out.MemoryMB, largest)
		r.notes.Approximate(at+".memory", "the function has %d MB, since cpu needs more than %s", out.MemoryMB, s.Memory)
	default:
		r.notes.Approximate(at+".cpu", "comes with memory: %d MB gives %dm", out.MemoryMB, out.MemoryMB*1000/MemoryMBForOneVCPU)
		if int64(out.MemoryMB)<<20 == s.Memory.Bytes() {
			r.notes.Exact(at+".memory", "decides: the function has %d MB%s", out.MemoryMB, largest)
		} else {
			r.notes.Approximate(at+".memory", "decides, rounded up: the function has %d MB%s", out.MemoryMB, largest)
		}
	}
}

// inNewAccount says of a size what a new account lacks.
func inNewAccount(megabytes int) string {
	if megabytes > NewAccountMemoryMB {
		return "; a new account's largest function has 3,008 MB"
	}
	return ""
}

func (r *resolver) timeout(at string, s *spec.Service, out *Service) {
	out.TimeoutSeconds = int(s.Timeout.Std().Seconds())
	if out.TimeoutSeconds > MaxTimeoutSeconds {
		r.notes.Refused(at+".timeout", finding.Refusal{Limit: "timeout", Page: QuotasPage, Hint: "split the work, or run it on target kubernetes"},
			"must be at most %ds on target lambda, got %s: an invocation cannot last longer", MaxTimeoutSeconds, s.Timeout)
		return
	}
	if s.IsEvents() {
		r.notes.Exact(at+".timeout", "the function's timeout; the queue's visibility timeout is six times as long, plus the window")
		return
	}
	if s.Schedule != nil {
		r.notes.Exact(at+".timeout", "the function's timeout, for each attempt")
		return
	}
	if s.Worker != nil {
		return // refused as a whole
	}
	if out.TimeoutSeconds > MaxRouteTimeoutSeconds {
		r.notes.Refused(at+".timeout", finding.Refusal{Limit: "timeout", Page: HTTPAPIQuotasPage, Hint: "answer at once and let the client ask for the result later"},
			"must be at most %ds on target lambda, got %s: an HTTP API does not wait longer", MaxRouteTimeoutSeconds, s.Timeout)
		return
	}
	r.notes.Exact(at+".timeout", "the function's timeout, and the API's for it")
}

// mebibytes is a quantity in whole MiB, rounded up.
func mebibytes(q spec.Quantity) int { return int((q.Bytes() + 1<<20 - 1) >> 20) }
