// Package kubernetes resolves an app for Kubernetes: a Deployment, a Service and
// what sizes, guards and exposes them for each service. It is the one place that
// knows what each field of the spec becomes there; the generator prints its Model
// and compare sizes nodes by it.
package kubernetes

// Model is an app resolved for Kubernetes.
type Model struct {
	App      string
	Services []Service // by name
}

// Service is one Deployment, the Service in front of it and its autoscaler, with
// what the spec asks for beside them.
type Service struct {
	Name           string // as in the spec
	Image          string
	PullSecrets    []string
	Port           int
	HealthPath     string
	CPU            string // the request, as a Kubernetes quantity
	MemoryMiB      int    // request and limit
	TimeoutSeconds int
	Namespace      string
	Environment    []Variable // by name

	MinReplicas   int // 0 only with KEDA
	MaxReplicas   int
	Metric        Metric
	TargetPercent int    // target utilization of the request, for CPU and Memory
	TargetRate    string // requests a second for each pod, for Requests: a Kubernetes quantity, or a decimal for KEDA
	PodsMetric    string // the Pods metric that has the rate, for Requests without KEDA
	KEDA          *KEDA  // scales in the autoscaler's place

	Needs   []Need   // the services that this one calls, by name
	Callers []string // the services that call this one, by name
	Reach   Reach

	Domain      string
	Ingress     *Ingress // at most one of Ingress and Gateway is set
	Gateway     *Gateway
	Identity    *Identity
	MetricsPath string // what the Prometheus Operator scrapes; empty for nothing
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

// Metric is what the number of pods follows.
type Metric string

// The metrics.
const (
	CPU      Metric = "cpu"
	Memory   Metric = "memory"
	Requests Metric = "requests"
)

// KEDA is the query that a ScaledObject scales by.
type KEDA struct{ Prometheus, Query string }

// Reach says who may open a connection to a service's port.
type Reach string

// The reaches.
const (
	FromAnywhere Reach = "anywhere" // whoever serves the routes from outside, wherever that runs
	FromCluster  Reach = "cluster"  // every pod of the cluster
	FromCallers  Reach = "callers"  // the services that need it, and nobody else
)

// Ingress is the rules of one Ingress.
type Ingress struct {
	Class       string
	TLSSecret   string
	Annotations []Annotation // by name
	Paths       []Path
}

// Annotation is one annotation that an Ingress class reads, and why it is there.
type Annotation struct{ Name, Value, Why string }

// Path is one path of an Ingress.
type Path struct {
	Type, Path string   // Exact or Prefix, and the path
	Routes     []string // the routes that it serves, as the spec writes them
}

// Gateway is the rules of one HTTPRoute.
type Gateway struct {
	Name      string
	Namespace string // empty for the service's own
	Matches   []Match
	CORS      *CORS
}

// Match is one kind of request that an HTTPRoute takes.
type Match struct {
	Method     string   // empty for all
	Type, Path string   // Exact or PathPrefix, and the path
	Routes     []string // the routes that it serves, as the spec writes them; none for CORS' own requests
}

// CORS is the filter of an HTTPRoute.
type CORS struct {
	Origins, Methods, Headers []string
	Credentials               bool
	MaxAgeSeconds             int // 0 for the standard's own default
}

// Identity is how a service's pods get an AWS role, and what the role may do.
type Identity struct {
	IRSA       bool // roles for service accounts; else EKS Pod Identity
	Statements []Statement
}

// Statement is one statement of a role's policy.
type Statement struct {
	Actions, Resources []string
	Why                string // why one of them is as broad as *
}
