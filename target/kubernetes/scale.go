package kubernetes

import (
	"fmt"
	"math"
	"strconv"

	"ambi/spec"
	"ambi/target/finding"
)

// Metric is what the autoscaler scales by.
type Metric string

// The metrics.
const (
	CPU      Metric = "cpu"
	Memory   Metric = "memory"
	Requests Metric = "requests"
	Backlog  Metric = "backlog"
)

// surge is what a Deployment's maxSurge adds to the most pods.
const surge = "while an update rolls out, up to a quarter more pods run"

// scale decides what sets the number of pods: a HorizontalPodAutoscaler, or
// KEDA where the service may have none at all.
func (r *resolver) scale(at string, s *spec.Service, out *Service) {
	if out.Schedule != nil {
		return // each run is a pod
	}
	if out.Events != nil {
		r.eventScale(at, s, out)
		return
	}
	if out.Stateful() {
		r.fixedScale(at, s, out)
		return
	}
	zero := s.Kubernetes.ScaleToZero
	most := "the autoscaler's maxReplicas"
	out.MinReplicas, out.MaxReplicas = s.Scale.Min, s.Scale.Max
	switch {
	case s.Scale.Min > 0:
		r.notes.Exact(at+".scale.min", "the autoscaler's minReplicas; a node drain evicts one pod at a time")
	case zero == nil:
		hint := "set min: 1"
		if !out.Worker {
			hint += ", or set kubernetes.scaleToZero: floor keeps one pod, keda scales to none"
		}
		r.notes.Refused(at+".scale.min", finding.Refusal{Limit: "scaling to zero", Page: AutoscalingPage, Hint: hint},
			"must be at least 1 on target kubernetes, got 0: a HorizontalPodAutoscaler does not scale to zero")
	case zero.Floor:
		out.MinReplicas = 1
		r.notes.Approximate(at+".scale.min", "the autoscaler keeps one pod, as kubernetes.scaleToZero.floor asks: a HorizontalPodAutoscaler does not scale to zero")
		r.notes.Exact(at+".kubernetes.scaleToZero.floor", "one pod is kept")
	default:
		most = "the ScaledObject's maxReplicaCount"
		out.KEDA = &KEDA{Prometheus: zero.KEDA.Prometheus, Query: zero.KEDA.Query}
		r.notes.Approximate(at+".scale.min",
			"a KEDA ScaledObject instead of the autoscaler; while there is no pod, requests fail until one is ready")
		r.keda(at, s)
	}
	r.notes.Approximate(at+".scale.max", "%s; %s", most, surge)
	switch {
	case !s.Scale.Requests.IsZero():
		r.requests(at, s, out)
	case s.Scale.Memory > 0:
		out.Metric, out.TargetPercent = Memory, s.Scale.Memory
		r.utilization(at, out)
	default:
		out.Metric, out.TargetPercent = CPU, s.Scale.CPU
		r.utilization(at, out)
	}
}

// utilization notes a target that is a percentage of a request.
func (r *resolver) utilization(at string, out *Service) {
	if out.KEDA != nil {
		return // refused already
	}
	r.notes.Exact(at+".scale."+string(out.Metric), "the autoscaler's target utilization of the %s request", out.Metric)
}

// requests decides the rate that each pod is to take.
func (r *resolver) requests(at string, s *spec.Service, out *Service) {
	out.Metric, out.PodsMetric = Requests, s.Kubernetes.Metric
	path := at + ".scale.requests"
	milli := s.Scale.Requests.PerSecond() * 1000
	whole := int64(math.Round(milli))
	out.TargetMilli = whole
	switch {
	case whole < 1:
		r.notes.Refused(path, finding.Refusal{Limit: "scaling by requests", Page: AutoscalingPage, Hint: "the minimum is one request in 1000 seconds; 4/h is allowed"},
			"must be at least a thousandth of a request a second on target kubernetes, got %s", s.Scale.Requests)
		return
	case out.KEDA == nil && out.PodsMetric == "":
		r.notes.Refused(path, finding.Refusal{Limit: "scaling by requests", Page: AutoscalingPage, Hint: "set kubernetes.metric to the metric's name, such as http_requests_per_second"},
			"requires kubernetes.metric on target kubernetes: a metrics adapter must serve each pod's rate, under a name that depends on the cluster")
		return
	}
	out.TargetRate = quantity(whole)
	does := "the autoscaler's target for the pods' average of a metric"
	if out.KEDA != nil {
		out.TargetRate = strconv.FormatFloat(float64(whole)/1000, 'f', -1, 64)
		does = "the ScaledObject's threshold"
	}
	if math.Abs(milli-float64(whole)) < 1e-9*milli {
		r.notes.Exact(path, "%s", does)
	} else {
		r.notes.Approximate(path, "%s, rounded to %s requests a second", does, out.TargetRate)
	}
	switch {
	case out.PodsMetric == "":
	case out.KEDA != nil:
		r.notes.Dropped(at+".kubernetes.metric", "kubernetes.scaleToZero.keda scales by its query")
		out.PodsMetric = ""
	default:
		r.notes.Exact(at+".kubernetes.metric", "the Pods metric that the autoscaler reads, which a metrics adapter must serve")
	}
}

// quantity writes thousandths as a Kubernetes quantity.
func quantity(milli int64) string {
	if milli%1000 == 0 {
		return fmt.Sprint(milli / 1000)
	}
	return fmt.Sprintf("%dm", milli)
}
