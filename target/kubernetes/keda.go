package kubernetes

import (
	"ambi/spec"
	"ambi/target/finding"
)

// KEDA is the query that a ScaledObject scales by.
type KEDA struct{ Prometheus, Query string }

// keda needs a number that its query is divided by.
func (r *resolver) keda(at string, s *spec.Service) {
	path := at + ".kubernetes.scaleToZero.keda"
	if s.Scale.Requests.IsZero() {
		r.notes.Refused(path, finding.Refusal{Limit: "scaling to zero", Page: AutoscalingPage, Hint: "set scale.requests to the rate that one pod should handle, instead of scale.cpu or scale.memory"},
			"requires scale.requests on target kubernetes: pods that are not running use no CPU or memory")
		return
	}
	r.notes.Exact(path, "a prometheus trigger; the query must count requests where they arrive, because a pod that is not running counts none")
}
