// Package kubernetes resolves an app for Kubernetes: a Deployment, a Service and
// what sizes, guards and exposes them for each service. It is the one place that
// knows what each field of the spec becomes there; the generator prints its Model
// and compare sizes nodes by it.
package kubernetes

import (
	"slices"
	"strings"
	"time"

	"ambi/target/data"
)

// Model is an app resolved for Kubernetes.
type Model struct {
	App      string
	Services []Service // by name
}

// Service returns a service by its name; false if there is none.
func (m *Model) Service(name string) (Service, bool) {
	i, found := slices.BinarySearchFunc(m.Services, name, func(s Service, name string) int { return strings.Compare(s.Name, name) })
	if !found {
		return Service{}, false
	}
	return m.Services[i], true
}

// HasHTTP reports whether requests reach the pods.
func (s Service) HasHTTP() bool { return s.Events == nil && s.Schedule == nil && !s.Worker }

// Switched reports whether a stack's setting active turns what starts the pods on and off.
func (s Service) Switched() bool { return (s.Events != nil || s.Schedule != nil) && !s.Alone }

// Autoscaled reports whether a HorizontalPodAutoscaler sets the number of pods.
func (s Service) Autoscaled() bool {
	return s.KEDA == nil && s.Backlog == 0 && s.Schedule == nil && !s.Stateful()
}

// Service is one Deployment, StatefulSet or CronJob, the Service in front of it if requests reach it, and its autoscaler, with
// what the spec asks for beside them.
type Service struct {
	Name           string // as in the spec
	Alone          bool   // no other target has the service: its events start it whatever else is active
	Image          string
	Command, Args  []string // instead of the image's own; empty for those
	PullSecrets    []string
	Port           int    // 0 if nothing connects to it
	HealthPath     string // that probes ask; empty for no probes
	CPU            string // the request, as a Kubernetes quantity
	MilliCPU       int    // the same in thousandths of a core
	MemoryMiB      int    // request and limit
	Concurrency    int    // requests that the app takes at once, which nothing but the app bounds
	TimeoutSeconds int
	MaxBodyBytes   int64 // what an Ingress controller takes of a request's body; 0 where nothing bounds it
	StartSeconds   int   // the maximum time that the app may take to start
	User           int   // and group, that the pods run as
	WritableRoot   bool
	Architecture   string // of the nodes, by Kubernetes' names; empty for any
	// AnyNode is set if the function runs the same image on arm64 and nothing restricts the
	// pods' nodes.
	AnyNode     bool
	Connections int // of a database, that the service may hold; 0 for no bound
	// MostConnections is how many it holds at once.
	MostConnections int
	Namespace       string
	Environment     []Variable // by name
	Routes          []string   // that the app serves, as the spec writes them

	MinReplicas   int // 0 only with KEDA
	MaxReplicas   int
	Metric        Metric
	TargetPercent int    // target utilization of the request, for CPU and Memory
	TargetRate    string // requests a second for each pod, for Requests: a Kubernetes quantity, or a decimal for KEDA
	TargetMilli   int64  // the same in thousandths of a request
	PodsMetric    string // the Pods metric that has the rate, for Requests without KEDA
	KEDA          *KEDA  // scales in the autoscaler's place

	Backlog  int         // messages of the queue for each pod, for Backlog
	Events   *Events     // what reaches the pods in place of requests; nil for http
	Schedule *Schedule   // when a CronJob runs the app; nil for one that always runs
	Worker   bool        // the app runs by itself
	Volumes  []Volume    // what each pod keeps, by name
	Access   data.Access // what they find of the data, and may do with it

	Needs []Need // the services that this one calls, by name
	// NeedsAcross are the services that this one calls on Lambda, which alone has them, by name.
	NeedsAcross []NeedAcross
	Callers     []string // the services that call this one, by name
	// InternalCallers are the same, if only services of the app may call the service.
	InternalCallers []string
	Internal        bool // the spec says that they alone may call
	Reach           Reach

	Domain string
	// Apart are the services that have the same domain and are served by something else: DNS
	// can only point to one of them.
	Apart []string
	// OwnHost is the host under which no other target answers; empty without a switch. HealthRoute
	// is the path there that says whether this target is up, where no route is it already.
	OwnHost, HealthRoute string
	Overlaps             []Overlap
	Ingress              *Ingress // at most one of Ingress and Gateway is set
	Gateway              *Gateway
	TokenCheck           *TokenCheck // Envoy Gateway's, of what comes through Gateway; nil for none
	Identity             *Identity
	MetricsPath          string // what the Prometheus Operator scrapes; empty for nothing
}

// LowPort reports whether only root may listen on the app's port by default.
func (s Service) LowPort() bool { return s.Port > 0 && s.Port < firstPort }

// EntryTimeout is how long the Ingress or Gateway waits for an answer: the stack's timeout, or,
// if ambi does not know how to set it, an Application Load Balancer's default.
func (s Service) EntryTimeout() time.Duration {
	seconds := UsualALBSeconds
	switch {
	case s.Gateway != nil, s.Ingress != nil && s.Ingress.Nginx():
		seconds = s.TimeoutSeconds
	case s.Ingress != nil && s.Ingress.ALB != nil:
		seconds = s.Ingress.ALB.IdleSeconds
	}
	return time.Duration(seconds) * time.Second
}

// HasSecrets reports whether any variable comes from a Secret.
func (s Service) HasSecrets() bool {
	return slices.ContainsFunc(s.Environment, func(v Variable) bool { return v.SecretName != "" })
}

// Variable is one environment variable: a value, or a key of a Secret that
// exists already.
type Variable struct {
	Name, Value           string
	SecretName, SecretKey string // set for a secret
}

// Need is a service of the app that another one calls, and the variable in which
// the caller finds its address.
type Need struct{ Service, Variable string }
