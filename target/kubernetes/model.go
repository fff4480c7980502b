// Package kubernetes resolves an app for Kubernetes: a Deployment, a Service and
// a HorizontalPodAutoscaler for each service. It is the one place that knows
// what each field of the spec becomes there; the generator prints its Model and
// compare sizes nodes by it.
package kubernetes

// Model is an app resolved for Kubernetes.
type Model struct {
	App      string
	Services []Service
}

// Service is one Deployment, the Service in front of it and its autoscaler.
type Service struct {
	Name           string // as in the spec
	Image          string
	Port           int
	HealthPath     string
	CPU            string // the request, as a Kubernetes quantity
	MemoryMiB      int    // request and limit
	TimeoutSeconds int
	Namespace      string
	MinReplicas    int
	MaxReplicas    int
	Metric         string     // the resource that the autoscaler watches: "cpu" or "memory"
	TargetPercent  int        // target utilization of the request
	Environment    []Variable // by name
}

// Variable is one environment variable: a value, or a key of a Secret that
// exists already.
type Variable struct {
	Name, Value           string
	SecretName, SecretKey string // set for a secret
}
