package generator

import (
	"ambi/spec"
)

// Resource is one resource that a target would register: Pulumi's type token and
// the logical name, which together identify it within a stack.
type Resource struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Service is the service that the resource belongs to; empty for what all share.
	Service string `json:"service,omitempty"`
	// Data is the one of the data that the resource belongs to.
	Data string `json:"data,omitempty"`
	// Domain is the host name that the resource directs to the targets.
	Domain string `json:"domain,omitempty"`
}

// Plan lists the resources that each target's program would register, in the
// order of their declaration, without running it.
func Plan(in Input) map[spec.Target][]Resource {
	plans := map[spec.Target][]Resource{}
	if in.Lambda != nil {
		plans[spec.Lambda] = lambdaPlan(in.Lambda)
	}
	if in.Kubernetes != nil {
		plans[spec.Kubernetes] = kubernetesPlan(in.Kubernetes)
	}
	return plans
}
