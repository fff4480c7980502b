// Package spec reads app.yaml: one description of an app that every target understands. Parse
// decodes it strictly, fills in defaults and checks what no target can take; it reports every
// problem at once, each with its line and column. A value that only one target refuses is not
// an error here, but a finding of that target's Resolve.
//
// The Go types are the grammar, here and in a file for each kind (http.go, keda.go
// and so on): the decoder reads their json tags, Schema publishes them, with
// their jsonschema tags, as JSON Schema, and otherTarget says of a field that
// only one target has what happens on the other.
package spec

import (
	"maps"
	"slices"
)

// APIVersion is the one grammar that this package reads.
const APIVersion = "ambi/v1"

// Target is a deployment model that an app can be resolved for.
type Target string

// The targets.
const (
	Lambda     Target = "lambda"
	Kubernetes Target = "kubernetes"
)

// Targets lists every target, in the order in which they are reported.
func Targets() []Target { return []Target{Lambda, Kubernetes} }

// Other is the target that one is not.
func (t Target) Other() Target {
	if t == Lambda {
		return Kubernetes
	}
	return Lambda
}

// App is one app.yaml.
type App struct {
	APIVersion string              `json:"apiVersion" jsonschema:"required,enum=ambi/v1" jsonschema_description:"The grammar of this file."`
	Name       string              `json:"name" jsonschema:"required" jsonschema_description:"The app's name: a DNS label that prefixes every resource."`
	Image      string              `json:"image,omitempty" jsonschema_description:"The container image of every service that names none."`
	Targets    []Target            `json:"targets,omitempty" jsonschema:"minItems=1,uniqueItems=true,enum=lambda,enum=kubernetes,default=lambda,default=kubernetes" jsonschema_description:"The targets that the app is written for."`
	Data       map[string]*Data    `json:"data,omitempty" jsonschema:"minProperties=1" jsonschema_description:"What outlives the services and both targets share, by name; it has a program and stacks of its own."`
	Services   map[string]*Service `json:"services" jsonschema:"required,minProperties=1" jsonschema_description:"The app's deployable units, by name."`
	Switch     *Switch             `json:"switch,omitempty" jsonschema_description:"Has both targets serve the domains at once, with weights between them that a stack of their own keeps; each target then also answers under a host of its own."`
	Usage      *Usage              `json:"usage,omitempty" jsonschema_description:"What compare assumes unless told otherwise, of every service that does not say otherwise itself; it never changes a stack."`

	positions map[string]Position // by path, as in Error.Path
	whole     *App                // of a part for one target
	weighted  []string            // see Weighted
}

// Service is one deployable unit: a server in one image or zip, and exactly one
// trigger that makes it run: HTTP, Queue, Uploads, Schedule or Worker.
type Service struct {
	Image       string             `json:"image,omitempty" jsonschema_description:"The container image that serves HTTP; one for both targets; the app's when empty."`
	Command     []string           `json:"command,omitempty" jsonschema:"minItems=1" unit:"words" jsonschema_description:"What the container runs instead of the image's entry point, as a list of words; no shell reads them, and no variable is put into them."`
	Args        []string           `json:"args,omitempty" jsonschema:"minItems=1" unit:"words" jsonschema_description:"The words after command, or after the image's entry point, instead of the image's own."`
	Port        int                `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535,default=8080" unit:"port" jsonschema_description:"The port that the app listens on."`
	CPU         Quantity           `json:"cpu,omitempty" jsonschema:"default=250m" range:"1m to 256 cores in whole thousandths" unit:"cores" jsonschema_description:"CPU for one instance, as a Kubernetes quantity of cores."`
	Memory      Quantity           `json:"memory,omitempty" jsonschema:"default=512Mi" range:"4Mi to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Memory for one instance, as a Kubernetes quantity of bytes."`
	Timeout     Duration           `json:"timeout,omitempty" jsonschema:"default=10s" range:"1s to 1h in whole seconds" beyond:"ambi is for services that answer requests; batch work of hours is not for it" jsonschema_description:"The longest that one request may take."`
	Concurrency int                `json:"concurrency,omitempty" jsonschema:"minimum=1,maximum=1000,default=10" jsonschema_description:"Requests that one instance takes at once."`
	Env         map[string]string  `json:"env,omitempty" jsonschema_description:"Environment variables, in plain text."`
	Connections int                `json:"connections,omitempty" jsonschema:"minimum=1,maximum=100000" jsonschema_description:"The database connections that the service may hold at most, all instances together; each request at work holds one."`
	Needs       []string           `json:"needs,omitempty" jsonschema:"uniqueItems=true" jsonschema_description:"Other services of the app that this one calls; each one's address is in the variable NAME_URL."`
	Permissions []Permission       `json:"permissions,omitempty" jsonschema_description:"What the service may do in AWS, on either target."`
	Secrets     map[string]Secret  `json:"secrets,omitempty" jsonschema_description:"Environment variables whose values are kept as secrets outside the spec."`
	Health      Health             `json:"health,omitempty" jsonschema_description:"How the platform asks whether an instance is well."`
	HTTP        HTTP               `json:"http,omitzero" jsonschema_description:"What the service answers over HTTP. A service has exactly one of http, queue, uploads, schedule and worker."`
	Queue       *QueueTrigger      `json:"queue,omitempty" jsonschema_description:"Messages of a queue that start the service."`
	Uploads     *Uploads           `json:"uploads,omitempty" jsonschema_description:"New objects of a bucket that start the service."`
	Schedule    *Schedule          `json:"schedule,omitempty" jsonschema_description:"Times at which the service runs."`
	Worker      *Worker            `json:"worker,omitempty" jsonschema_description:"Says that the service runs all the time by itself: nothing calls it."`
	Targets     []Target           `json:"targets,omitempty" jsonschema:"minItems=1,uniqueItems=true,enum=lambda,enum=kubernetes" jsonschema_description:"The targets that the service is written for; the app's when empty."`
	Uses        map[string]Rights  `json:"uses,omitempty" jsonschema_description:"The app's data that the service uses, with its rights: permissions, variables and network follow from it."`
	Volumes     map[string]*Volume `json:"volumes,omitempty" jsonschema:"minProperties=1" jsonschema_description:"Disks that each instance has of its own and keeps when it is replaced, by name; the number of instances is then fixed."`
	Scale       Scale              `json:"scale,omitempty" jsonschema_description:"How many instances run, and what decides it."`
	Lambda      LambdaOptions      `json:"lambda,omitempty" jsonschema_description:"What only the lambda target has."`
	Kubernetes  KubernetesOptions  `json:"kubernetes,omitempty" jsonschema_description:"What only the kubernetes target has."`
	Usage       *Usage             `json:"usage,omitempty" jsonschema_description:"What this service does otherwise than the app's usage says; its requests, or messages, are its own; those of the app the sum of what its services get over HTTP."`
}

// Secret refers to a value that is stored elsewhere; a spec never contains it.
type Secret struct {
	Name string `json:"name" jsonschema:"required" jsonschema_description:"The secret: a Kubernetes Secret, or a Secrets Manager secret on lambda."`
	Key  string `json:"key" jsonschema:"required" jsonschema_description:"The key of the value within that secret."`
}

// Health names the path on which an instance reports that it is healthy.
type Health struct {
	Path    string   `json:"path,omitempty" jsonschema:"default=/healthz" jsonschema_description:"A path that answers 200 once the app can take requests."`
	Startup Duration `json:"startup,omitempty" jsonschema:"default=1m" range:"1s to 15m in whole seconds" jsonschema_description:"The longest that the app may take to start before its container is restarted."`
}

// MaxTimeoutSeconds is the largest allowed timeout: 1h.
const MaxTimeoutSeconds = 3600

// MaxInstances is the largest allowed scale.max and lambda.provisioned.
const MaxInstances = 1000

// Scale bounds the number of instances and names the metric that sets it. At most one of CPU,
// Memory, Requests and Backlog is set; with none, Parse sets CPU, and Backlog for a service
// that events start.
type Scale struct {
	Min    int `json:"min" jsonschema:"minimum=0,maximum=1000,default=1" jsonschema_description:"The fewest instances; 0 where backlog decides and nothing is given."`
	Max    int `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000,default=10" jsonschema_description:"The most instances."`
	CPU    int `json:"cpu,omitempty" jsonschema:"minimum=1,maximum=100" unit:"percent" jsonschema_description:"Target utilization of the CPU request, in percent; 70 when no metric is named."`
	Memory int `json:"memory,omitempty" jsonschema:"minimum=1,maximum=100" unit:"percent" jsonschema_description:"Target utilization of the memory request, in percent."`
	// Backlog is for queue and uploads.
	Backlog int `json:"backlog,omitempty" jsonschema:"minimum=1,maximum=100000" jsonschema_description:"Target number of messages that wait, or are worked on, for each instance; only with queue or uploads, where it is 10 when no metric is named."`
	// Requests needs a metric of the cluster's, which Kubernetes.Metric names.
	Requests Rate `json:"requests,omitzero" range:"0.001/s to 1M/s" jsonschema_description:"Target request rate of one instance, such as 100/s."`
}

// Architecture is an instruction set, by AWS's names.
type Architecture string

// The architectures.
const (
	X8664 Architecture = "x86_64"
	ARM64 Architecture = "arm64"
)

// Handler names what turns a Lambda invocation into an HTTP request.
type Handler string

// The handlers.
const (
	// HandlerAdapter is the Lambda Web Adapter: the app only serves HTTP.
	HandlerAdapter Handler = "adapter"
	// HandlerNative is the app itself, speaking the Lambda runtime API.
	HandlerNative Handler = "native"
)

// LambdaOptions holds what only the lambda target has.
type LambdaOptions struct {
	Architecture     Architecture `json:"architecture,omitempty" jsonschema:"enum=x86_64,enum=arm64,default=x86_64" jsonschema_description:"The instruction set that the image or zip is built for." otherTarget:"the image decides, and the nodes must match it"`
	Image            string       `json:"image,omitempty" jsonschema_description:"The same image in an ECR repository of the function's region, where image is not." otherTarget:"the pods run image instead"`
	Zip              string       `json:"zip,omitempty" jsonschema_description:"A zip with an executable named bootstrap, instead of an image; its path from the project's root." otherTarget:"the pods run image instead"`
	Layers           []string     `json:"layers,omitempty" jsonschema:"maxItems=5,uniqueItems=true" jsonschema_description:"ARNs of layer versions; only with zip." otherTarget:"the pods run image instead"`
	Handler          Handler      `json:"handler,omitempty" jsonschema:"enum=adapter,enum=native,default=adapter" jsonschema_description:"Who turns an invocation into an HTTP request: the Lambda Web Adapter, or the app itself." otherTarget:"only the lambda target has it"`
	Memory           *Quantity    `json:"memory,omitempty" range:"128Mi to 10Gi in whole bytes" unit:"bytes" jsonschema_description:"Memory of the function, with its CPU, instead of what cpu and memory come to." otherTarget:"pods have kubernetes.memory, or memory"`
	Provisioned      int          `json:"provisioned,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"Environments that the alias live keeps warm, paid by the hour." otherTarget:"pods are warm; scale.min says how many at least"`
	Reserved         bool         `json:"reserved,omitempty" jsonschema_description:"Reserve scale.max times concurrency of the account's concurrency, which also bounds the function by it." otherTarget:"scale.max bounds the pods"`
	Tracing          bool         `json:"tracing,omitempty" jsonschema_description:"Send traces to AWS X-Ray." otherTarget:"only the lambda target has it; the app can send its own traces"`
	VPC              bool         `json:"vpc,omitempty" jsonschema_description:"Run in subnets and security groups that each stack's configuration names." otherTarget:"pods are in the cluster's network"`
	LogRetentionDays int          `json:"logRetentionDays,omitempty" jsonschema:"enum=1,enum=3,enum=5,enum=7,enum=14,enum=30,enum=60,enum=90,enum=120,enum=150,enum=180,enum=365,enum=400,enum=545,enum=731,enum=1096,enum=1827,enum=2192,enum=2557,enum=2922,enum=3288,enum=3653,default=30" jsonschema_description:"Days that CloudWatch keeps the logs; it allows no other numbers." otherTarget:"only the lambda target has it"`
}

// KubernetesOptions holds what only the kubernetes target has.
type KubernetesOptions struct {
	Namespace      string          `json:"namespace,omitempty" jsonschema:"default=default" jsonschema_description:"The namespace of the service's objects; it must exist." otherTarget:"only the kubernetes target has namespaces"`
	CPU            *Quantity       `json:"cpu,omitempty" range:"1m to 256 cores in whole thousandths" unit:"cores" jsonschema_description:"CPU of a pod, instead of cpu." otherTarget:"the function has lambda.memory, or what cpu and memory come to"`
	Memory         *Quantity       `json:"memory,omitempty" range:"4Mi to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Memory of a pod, instead of memory." otherTarget:"the function has lambda.memory, or what cpu and memory come to"`
	Architecture   Architecture    `json:"architecture,omitempty" jsonschema:"enum=x86_64,enum=arm64" jsonschema_description:"The nodes that the pods run on; any without it." otherTarget:"lambda.architecture says what the function runs on"`
	User           int             `json:"user,omitempty" jsonschema:"minimum=1,maximum=2147483647" jsonschema_description:"The number of the user and of the group that the pods run as; 65532 without it." otherTarget:"Lambda runs every image as a user of its own"`
	WritableRoot   bool            `json:"writableRoot,omitempty" jsonschema_description:"Let the app write to the files of its image, not only to /tmp." otherTarget:"a function can only write to /tmp"`
	PullSecrets    []string        `json:"pullSecrets,omitempty" jsonschema:"uniqueItems=true" jsonschema_description:"Secrets of the namespace that the image is pulled with." otherTarget:"Lambda pulls the image from ECR by itself"`
	Auth           TokenCheck      `json:"auth,omitempty" jsonschema:"enum=app,enum=envoy" jsonschema_description:"Who checks the tokens of http.auth: the app itself, which finds their issuer and audiences in JWT_ISSUER and JWT_AUDIENCE on both targets, or Envoy Gateway." otherTarget:"an authorizer of the API checks tokens whatever it says"`
	JWKS           string          `json:"jwks,omitempty" jsonschema_description:"The https URL of the issuer's keys, its jwks_uri; Envoy Gateway does not discover it." otherTarget:"API Gateway discovers the issuer's keys"`
	Identity       Identity        `json:"identity,omitempty" jsonschema:"enum=pod-identity,enum=irsa" jsonschema_description:"How pods on EKS get the role that has the service's permissions." otherTarget:"the function has its role without it"`
	Ingress        *Ingress        `json:"ingress,omitempty" jsonschema_description:"Serve the routes from outside through an Ingress."`
	Gateway        *Gateway        `json:"gateway,omitempty" jsonschema_description:"Serve the routes from outside through a Gateway (Gateway API) that exists."`
	Metric         string          `json:"metric,omitempty" jsonschema_description:"The Pods metric with the request rate of each pod, which a metrics adapter serves; for scale.requests." otherTarget:"Lambda scales by request, not by a metric"`
	ScaleToZero    *ScaleToZero    `json:"scaleToZero,omitempty" jsonschema_description:"What scale.min 0 becomes, which a HorizontalPodAutoscaler cannot do."`
	ServiceMonitor *ServiceMonitor `json:"serviceMonitor,omitempty" jsonschema_description:"Have the Prometheus Operator scrape the service." otherTarget:"CloudWatch has the function's metrics"`
}

// Shape names how requests spread over time.
type Shape string

// The shapes.
const (
	Steady   Shape = "steady"
	Diurnal  Shape = "diurnal"
	Bursty   Shape = "bursty"
	Sporadic Shape = "sporadic"
)

// Usage is the traffic that compare assumes by default: the app's, overridden by a service's
// own (see App.UsageOf). It never changes a stack. Nothing in it has a default: a figure that
// is not given is unknown, as is everything that depends on it.
type Usage struct {
	Requests Rate `json:"requests,omitempty" jsonschema_description:"The mean request rate: a number with an optional k, M or G, a slash, and second, minute, hour, day or month; of a service that events start, its messages."`
	// Duration is a mean, or two quantiles.
	Duration RequestTime `json:"duration,omitzero" range:"more than 0s, at most 1h" jsonschema_description:"The mean time that one request, or one message, takes with a full core at hand, waiting included; or its median and 99th percentile, such as {p50: 30ms, p99: 400ms}, between and beyond which waiting is lognormal."`
	// ReportDuration replaces Duration.
	ReportDuration ReportDuration `json:"reportDuration,omitzero" jsonschema_description:"Instead of duration: the mean Duration of the functions' REPORT lines, with their memory, such as 300ms@256Mi; what a small memory has stretched is taken back, by cpuTime."`
	CPUTime        Duration       `json:"cpuTime,omitempty" range:"more than 0s, at most 1h" jsonschema_description:"The mean CPU time that one request takes on a full core, a part of duration."`
	BatchSize      Ratio          `json:"batchSize,omitempty" jsonschema_description:"The mean number of messages that one invocation gets, of a service with queue or uploads whose batch is more than 1."`
	RequestSize    *Quantity      `json:"requestSize,omitempty" range:"0 to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that a client sends in a mean request, head and body; of a queue, bytes of a mean message."`
	ResponseSize   *Quantity      `json:"responseSize,omitempty" range:"0 to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that a client gets in a mean response, head and body."`
	LogSize        *Quantity      `json:"logSize,omitempty" range:"0 to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the app logs for a mean request."`
	OutboundSize   *Quantity      `json:"outboundSize,omitempty" range:"0 to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the app itself exchanges with the internet, or with AWS beyond its network, for a mean request."`
	StartTime      Duration       `json:"startTime,omitempty" range:"more than 0s, at most 1h" jsonschema_description:"How long an instance takes to start, runtime and app: what Lambda reports as Init Duration."`
	Shape          Shape          `json:"shape,omitempty" jsonschema:"enum=steady,enum=diurnal,enum=bursty,enum=sporadic" jsonschema_description:"How the requests spread over time."`
	PeakToMean     Ratio          `json:"peakToMean,omitempty" jsonschema_description:"The request rate of the busiest moments, as a multiple of the mean; not of a steady shape."`
	Burst          Duration       `json:"burst,omitempty" range:"1s to 24h" jsonschema_description:"How long one burst lasts, of a bursty or sporadic shape."`
}

// ServiceNames lists the app's services by name, the order in which they are always reported.
func (a *App) ServiceNames() []string { return slices.Sorted(maps.Keys(a.Services)) }

// ImagePath returns the path of the image that a service runs: its own or the app's.
func (a *App) ImagePath(service string) string {
	if own := service + ".image"; a.Given(own) || !a.Given("image") {
		return own
	}
	return "image"
}

// For reports whether the app is written for a target.
func (a *App) For(t Target) bool { return slices.Contains(a.Targets, t) }

// Position is a place in the spec's text; the first line and column are 1.
type Position struct{ Line, Column int }

// Position returns where the field at a path such as "services.api.memory" was written, or, for
// a default, where the nearest enclosing field was.
func (a *App) Position(path string) Position {
	for {
		if p, ok := a.positions[path]; ok || path == "" {
			return p
		}
		path = parent(path)
	}
}

// Given reports whether the spec itself sets the field at path; a default does not count.
func (a *App) Given(path string) bool { _, ok := a.positions[path]; return ok }
