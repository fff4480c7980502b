// Package hpa decides numbers of replicas as Kubernetes' HorizontalPodAutoscaler
// does, to the replica. It is arithmetic alone: no cluster, no clock.
//
//	autoscaler := hpa.New(hpa.Spec{
//		Min: 1, Max: 50,
//		Metrics:  []hpa.Metric{{Kind: hpa.Utilization, CPU: true, Target: 70}},
//		Behavior: hpa.DefaultBehavior(),
//	}, hpa.DefaultFlags())
//	decision := autoscaler.Sync(now, replicas, reading) // every 15 s
//
// It is worth being exact, because the controller is not what the formula in
// its documentation suggests. Utilization is a whole percentage, rounded down.
// Pods that are starting count as idle when the others are busy, so that a
// burst is answered more slowly than it seems. Without `behavior`, growth is
// bounded by rules that are not the ones that `behavior` has by default.
//
// What is here agrees with kubernetes v1.34.4, pkg/controller/podautoscaler: see
// tools/hpa, which runs that code beside this one.
package hpa

import "time"

// Spec is what a HorizontalPodAutoscaler says.
type Spec struct {
	Min, Max int32
	Metrics  []Metric
	Behavior *Behavior // nil for the rules that were there before it
}

// Metric is one of the metrics that replicas follow. The one that asks for the
// most replicas decides.
type Metric struct {
	Kind   Kind
	CPU    bool  // a Resource metric, of the CPU: pods that start are looked at more closely
	Target int64 // percent for Utilization, else thousandths
}

// Kind is what a metric measures, and against what.
type Kind int

// The kinds.
const (
	// Utilization is the pods' usage of a resource, as a percentage of what
	// they request: type Resource, target Utilization.
	Utilization Kind = iota
	// Average is the pods' average of a resource or of a metric of their own:
	// type Resource or Pods, target AverageValue.
	Average
	// Total is one number for all pods: type Object or External, target Value.
	Total
	// TotalPerPod is that number divided by the pods: type Object or External,
	// target AverageValue. It is what KEDA's triggers become.
	TotalPerPod
)

// Behavior is how fast replicas may follow.
type Behavior struct{ Up, Down Rules }

// Rules bound one direction.
type Rules struct {
	// Window is for how long the most cautious recommendation holds.
	Window   time.Duration
	Select   Select
	Policies []Policy
	// Tolerance is how far the metric may be off without a change; nil for the
	// controller's own.
	Tolerance *float64
}

// Select says which of several policies counts.
type Select int

// The choices.
const (
	Largest  Select = iota // Max: the policy that allows the largest change
	Smallest               // Min
	Disabled               // no change in this direction
)

// Policy bounds the change within a period.
type Policy struct {
	Percent bool  // of the replicas at the period's start; else pods
	Value   int32 // percent, or pods
	Period  time.Duration
}

// DefaultBehavior is what the API fills in where a spec has a behavior with
// nothing in it, and what ambi writes out: up by 4 pods or to twice as many in
// 15 s, whichever is more, at once; down as far as the last five minutes allow.
// Source: kubernetes pkg/apis/autoscaling/v2/defaults.go.
func DefaultBehavior() *Behavior {
	return &Behavior{
		Up:   Rules{Policies: []Policy{{Percent: true, Value: 100, Period: 15 * time.Second}, {Value: 4, Period: 15 * time.Second}}},
		Down: Rules{Window: 5 * time.Minute, Policies: []Policy{{Percent: true, Value: 100, Period: 15 * time.Second}}},
	}
}

// Flags are the controller's own settings, which a cluster has one of.
type Flags struct {
	SyncPeriod     time.Duration // between two decisions
	Tolerance      float64       // how far a metric may be off without a change, as a part of the target
	Stabilization  time.Duration // the window down, without a behavior
	Initialization time.Duration // for which a pod's CPU may be that of its start
	ReadinessDelay time.Duration // within which a pod that turns unready counts as never ready
}

// DefaultFlags are kube-controller-manager's defaults, which EKS does not let
// one change. Source: kubernetes cmd/kube-controller-manager,
// --horizontal-pod-autoscaler-*.
func DefaultFlags() Flags {
	return Flags{
		SyncPeriod: 15 * time.Second, Tolerance: .1, Stabilization: 5 * time.Minute,
		Initialization: 5 * time.Minute, ReadinessDelay: 30 * time.Second,
	}
}

// Reading is what the controller sees at a sync.
type Reading struct {
	Pods     []Pod      // all that the selector matches
	Observed int32      // status.replicas of the scale target: pods that exist
	Metrics  []Measured // of each metric of the spec
}

// Phase is a pod's phase.
type Phase int8

// The phases.
const (
	Pending Phase = iota // not all containers have started
	Running
	Succeeded
	Failed
)

// Pod is a pod's status. Times are since the simulation's start.
type Pod struct {
	Phase    Phase
	Deleting bool // it has a deletion timestamp
	// Known is false while the pod has no start time or no Ready condition.
	Known   bool
	Ready   bool
	Changed time.Duration // when Ready last changed
	Started time.Duration // when the kubelet took it
	Request int64         // of the resource, in the metric's unit: millicores for the CPU
}

// Measured is what is known of one metric.
type Measured struct {
	Samples []Sample // of each pod, for Utilization and Average
	Value   int64    // for Total and TotalPerPod, thousandths
	Failed  bool     // the metrics API has no answer
}

// Sample is one pod's value.
type Sample struct {
	Known  bool
	Value  int64         // millicores, or thousandths
	Taken  time.Duration // the end of the window that it is the average of
	Window time.Duration
}

// Decision is what one sync came to.
type Decision struct {
	Replicas    int32 // what the scale target is set to
	Recommended int32 // what the metrics ask for, before any bound; -1 where they were not asked, or have no answer
	Metric      int   // which metric decided
	Value       int64 // that metric: percent for Utilization, else the average for each pod, or the total, in thousandths
	Limit       Limit // what bounds the replicas
	Invalid     int   // metrics without an answer
}

// Limit says what bounds a decision, in the words of the ScalingLimited
// condition.
type Limit string

// The limits.
const (
	WithinRange     Limit = "DesiredWithinRange"
	UpLimit         Limit = "ScaleUpLimit"
	DownLimit       Limit = "ScaleDownLimit"
	TooManyReplicas Limit = "TooManyReplicas"
	TooFewReplicas  Limit = "TooFewReplicas"
)

// Autoscaler is one HorizontalPodAutoscaler with what the controller remembers
// of it.
type Autoscaler struct {
	spec       Spec
	flags      Flags
	tolerances tolerances
	history
}

// New is an autoscaler that has not decided anything yet.
func New(spec Spec, flags Flags) *Autoscaler {
	a := &Autoscaler{spec: spec, flags: flags, tolerances: tolerances{flags.Tolerance, flags.Tolerance}}
	if b := spec.Behavior; b != nil {
		if b.Down.Tolerance != nil {
			a.tolerances.down = *b.Down.Tolerance
		}
		if b.Up.Tolerance != nil {
			a.tolerances.up = *b.Up.Tolerance
		}
	}
	return a
}

// Sync decides once, at a time that is no earlier than the last one's.
//
// Replicas outside the bounds go straight to the bound, and replicas of none
// with a minimum above none mean that autoscaling is switched off. Else the
// metrics are asked; when none has an answer, or when some have none and the
// others ask for fewer replicas, nothing changes.
func (a *Autoscaler) Sync(now time.Duration, current int32, r Reading) Decision {
	a.begin(now, current)
	d := Decision{Replicas: current, Recommended: -1}
	switch {
	case current == 0 && a.spec.Min != 0:
		return d
	case current > a.spec.Max:
		d.Replicas = a.spec.Max
	case current < a.spec.Min:
		d.Replicas = a.spec.Min
	default:
		if !a.recommend(now, current, r, &d) {
			return d
		}
		if a.spec.Behavior == nil {
			d.Replicas, d.Limit = a.normalizeWithout(now, current, d.Recommended)
		} else {
			d.Replicas, d.Limit = a.normalize(now, current, d.Recommended)
		}
	}
	if d.Replicas != current && a.spec.Behavior != nil {
		a.changed(now, current, d.Replicas, a.spec.Behavior)
	}
	return d
}

// recommend asks the metrics, and is false when nothing may follow from them.
func (a *Autoscaler) recommend(now time.Duration, current int32, r Reading, d *Decision) bool {
	replicas := int32(0)
	for i, metric := range a.spec.Metrics {
		n, value, ok := a.replicas(metric, now, current, r, &r.Metrics[i])
		if !ok {
			d.Invalid++
			continue
		}
		if replicas == 0 || n > replicas {
			replicas, d.Metric, d.Value = n, i, value
		}
	}
	if d.Invalid >= len(a.spec.Metrics) || d.Invalid > 0 && replicas < current {
		return false
	}
	d.Recommended = max(0, replicas)
	return true
}
