package cost

import (
	"math"

	"ambi/compare/demand"
	"ambi/compare/price/nodes"
)

// Sizing determines how many replicas a service has: what its autoscaler watches, and what
// saturates. Both averages and simulation use it.
type Sizing struct {
	Min int
	// WatchedCores and WatchedRate are the CPU, in cores, and the requests a
	// second at which the autoscaler keeps a replica; 0 where it watches neither.
	WatchedCores, WatchedRate float64
	// WatchedMessages is how many messages, waiting or in progress, a replica is kept for; 0
	// where they are not counted.
	WatchedMessages float64
	// Slots is how many requests a replica works on at once, and Cores the most CPU that it
	// gets. Pods have no CPU limit: on nodes of the app's own that is a whole node's.
	Slots, Cores float64
}

// sizing is what a pod says of it: one that gets the CPU that it requests.
func (p Pod) sizing() Sizing {
	cores := float64(p.MilliCPU) / 1000
	return Sizing{
		Min: p.Min, WatchedCores: cores * float64(p.TargetPercent) / 100, WatchedRate: p.TargetRate, WatchedMessages: float64(p.Backlog),
		Slots: float64(p.Concurrency), Cores: cores,
	}
}

// Rest is the number of replicas at which the autoscaler settles, for a rate of requests a
// second that take cpu seconds of a core each. Before that it may keep up to a tenth more or
// fewer, its tolerance.
func (s Sizing) Rest(rate, cpu float64) float64 {
	n, _ := s.watched(rate, cpu, 0)
	return max(float64(s.Min), n)
}

// watched is how many replicas what is watched asks for. Of messages those count that are
// worked on, rate x duration: while there are enough replicas, none waits for long.
func (s Sizing) watched(rate, cpu, duration float64) (n float64, by string) {
	if s.WatchedCores > 0 {
		n, by = wholeUp(rate*cpu/s.WatchedCores), ByCPU
	}
	if s.WatchedRate > 0 {
		if byRate := wholeUp(rate / s.WatchedRate); !(byRate <= n) {
			n, by = byRate, ByRequests
		}
	}
	if s.WatchedMessages > 0 {
		n, by = wholeUp(rate*duration/s.WatchedMessages), ByBacklog
	}
	return n, by
}

// Deciders name what determines a number of replicas.
const (
	ByMinimum     = "minimum"
	ByCPU         = "cpu"
	ByRequests    = "requests"
	ByBacklog     = "backlog"
	BySchedule    = "schedule"
	ByConcurrency = "concurrency" // which no autoscaler watches
	BySaturation  = "saturation"  // of CPU that the autoscaler does not watch
)

// replicas is how many replicas serve a rate of requests, and what decides: the
// most of the minimum, of what the autoscaler watches, and of what would
// saturate with fewer.
func (s Sizing) replicas(rate, cpu, duration float64) (n float64, by string) {
	n, by = float64(s.Min), ByMinimum
	watched, watchedBy := s.watched(rate, cpu, duration)
	for _, x := range []struct {
		n  float64
		by string
	}{{watched, watchedBy}, {wholeUp(rate * duration / s.Slots), ByConcurrency}, {wholeUp(rate * cpu / s.Cores), BySaturation}} {
		if !(x.n <= n) { // or not a number
			n, by = x.n, x.by
		}
		if math.IsNaN(n) {
			break
		}
	}
	return n, by
}

// maxReplicas is how many replicas are counted: their number must be exact, and
// so must the sums of what they request. More of them are uncounted.
const (
	maxReplicas = 1e12
	uncounted   = 1e60 // times any part of them is more than price.MaxUnits
)

// rate is scale times the service's requests at a level of traffic, a second.
func (s *service) rate(scale, factor float64) float64 {
	return s.requests * s.growth(scale) / demand.SecondsPerMonth * factor
}

// replicas is how many replicas serve scale times the service's requests at a
// level of traffic.
func (s *service) replicas(scale, factor float64) float64 {
	if s.Schedule != nil {
		return max(1, math.Ceil(s.busy()))
	}
	n, _ := s.sizing.replicas(s.rate(scale, factor), s.cpu, s.duration)
	if n > maxReplicas {
		return uncounted
	}
	return n
}

// Replicas computes how many replicas an app's services need.
type Replicas struct{ services []service }

// ReplicasOf prepares it. Errors are invalid choices.
func ReplicasOf(catalog *nodes.Catalog, app App, choices Choices) (Replicas, error) {
	c, err := place(catalog, app, choices)
	if err != nil {
		return Replicas{}, err
	}
	return Replicas{c.services}, nil
}

// At returns how many replicas a service needs at a multiple of its mean rate, and what
// determines that; false if a figure is missing.
func (r Replicas) At(service string, factor float64) (n int, decidedBy string, known bool) {
	for i := range r.services {
		s := &r.services[i]
		if s.Name != service {
			continue
		}
		n, by := s.sizing.replicas(s.rate(1, factor), s.cpu, s.duration)
		if s.Schedule != nil {
			n, by = s.replicas(1, factor), BySchedule
		}
		if math.IsNaN(n) || n > maxReplicas {
			return 0, "", false
		}
		return int(n), by, true
	}
	return 0, "", false
}

// wholeUp rounds up, but for what a product of floating-point numbers may be
// above a whole number by accident: a millionth of a replica is not a replica
// more.
func wholeUp(x float64) float64 { return math.Ceil(x - float64(1e-6*min(1, x))) }
