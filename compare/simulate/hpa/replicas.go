package hpa

import (
	"math"
	"time"
)

// tolerances are how far a ratio may be from 1 without a change.
type tolerances struct{ down, up float64 }

func (t tolerances) hold(ratio float64) bool { return 1-t.down <= ratio && ratio <= 1+t.up }

// replicas is what one metric asks for, and its value. It is false when the
// metric has no answer.
func (a *Autoscaler) replicas(m Metric, now time.Duration, current int32, r Reading, measured *Measured) (n int32, value int64, ok bool) {
	switch {
	case measured.Failed:
		return 0, 0, false
	case m.Kind == Total:
		n, ok = a.byTotal(m, current, r.Pods, measured.Value)
		return n, measured.Value, ok
	case m.Kind == TotalPerPod:
		n, value = a.byTotalPerPod(m, r.Observed, measured.Value)
		return n, value, true
	}
	return a.byPods(m, current, a.group(m, now, r.Pods, measured.Samples))
}

// byTotal scales the pods that are ready by the ratio.
func (a *Autoscaler) byTotal(m Metric, current int32, pods []Pod, value int64) (int32, bool) {
	ratio := float64(value) / float64(m.Target)
	if current == 0 {
		return ceil(ratio), true
	}
	if a.tolerances.hold(ratio) {
		return current, true
	}
	if len(pods) == 0 {
		return 0, false
	}
	ready := 0
	for i := range pods {
		if pods[i].Phase == Running && pods[i].Known && pods[i].Ready {
			ready++
		}
	}
	return ceil(ratio * float64(ready)), true
}

// byTotalPerPod divides the total by the target.
func (a *Autoscaler) byTotalPerPod(m Metric, observed int32, value int64) (int32, int64) {
	n := observed
	if ratio := float64(value) / (float64(m.Target) * float64(observed)); !a.tolerances.hold(ratio) {
		n = ceil(float64(value) / float64(m.Target))
	}
	if observed == 0 {
		return n, 0
	}
	return n, int64(math.Ceil(float64(value) / float64(observed)))
}

// groups are a metric's pods, by what can be said of them. Each has a sum of
// samples and of requests.
type groups struct {
	ready, unready, missing    int64 // pods
	usage                      int64 // of the ready ones
	requests                   int64 // of the ready ones
	unreadyRequests            int64
	missingRequests, fallbacks int64 // fallbacks: what missing ones are taken to use when the others are idle
}

// group says what each pod counts as:
//
//   - not at all, when it is being deleted or has ended;
//   - unready, when it is pending; for the CPU also when it is not ready, or
//     when its sample reaches back to before it was, within the first minutes;
//     later, when it has never been ready;
//   - missing, when it has no sample;
//   - ready.
//
// v1.34.4 takes a pod that has succeeded for missing. Later versions ignore it,
// as here; the pods of a service that listens do not succeed.
func (a *Autoscaler) group(m Metric, now time.Duration, pods []Pod, samples []Sample) (g groups) {
	fallback := max(100, m.Target)
	for i := range pods {
		p, s := &pods[i], &samples[i]
		switch {
		case p.Deleting || p.Phase == Failed || p.Phase == Succeeded:
		case p.Phase == Pending:
			g.unready++
			g.unreadyRequests += p.Request
		case !s.Known:
			g.missing++
			g.missingRequests += p.Request
			g.fallbacks += p.Request * fallback / 100
		case m.CPU && a.starting(now, p, s):
			g.unready++
			g.unreadyRequests += p.Request
		default:
			g.ready++
			g.usage += s.Value
			g.requests += p.Request
		}
	}
	return g
}

// starting says whether a running pod's CPU sample is not to be believed yet.
func (a *Autoscaler) starting(now time.Duration, p *Pod, s *Sample) bool {
	switch {
	case !p.Known:
		return true
	case p.Started+a.flags.Initialization > now:
		return !p.Ready || s.Taken < p.Changed+s.Window
	default:
		return !p.Ready && p.Started+a.flags.ReadinessDelay > p.Changed
	}
}

// byPods scales the pods with samples by the ratio of their average to the
// target. When pods have no sample, or are unready while the others are busy,
// it looks again with a careful guess for them: idle when replicas are to be
// added, busy when some are to go; and does nothing when that turns the
// decision round.
func (a *Autoscaler) byPods(m Metric, current int32, g groups) (n int32, value int64, ok bool) {
	if g.ready == 0 {
		return 0, 0, false
	}
	ratio, value, ok := m.ratio(g.usage, g.requests, g.ready)
	if !ok {
		return 0, 0, false
	}
	unready := g.unready > 0 && ratio > 1
	if !unready && g.missing == 0 {
		if a.tolerances.hold(ratio) {
			return current, value, true
		}
		return ceil(ratio * float64(g.ready)), value, true
	}
	usage, requests, pods := g.usage, g.requests, g.ready
	if g.missing > 0 && ratio != 1 {
		requests += g.missingRequests
		pods += g.missing
		if ratio < 1 && m.Kind == Utilization {
			usage += g.fallbacks
		} else if ratio < 1 {
			usage += g.missing * m.Target
		}
	}
	if unready {
		requests += g.unreadyRequests
		pods += g.unready
	}
	again, _, ok := m.ratio(usage, requests, pods)
	if !ok {
		return 0, 0, false
	}
	if a.tolerances.hold(again) || ratio < 1 && again > 1 || ratio > 1 && again < 1 {
		return current, value, true
	}
	n = ceil(again * float64(pods))
	if again < 1 && n > current || again > 1 && n < current {
		return current, value, true
	}
	return n, value, true
}

// ratio is the metric against its target, and its value: both are cut to whole
// numbers first, as the controller does. It is false when the pods request
// nothing.
func (m Metric) ratio(usage, requests, pods int64) (ratio float64, value int64, ok bool) {
	if m.Kind == Utilization {
		if requests == 0 {
			return 0, 0, false
		}
		value = int64(int32(usage * 100 / requests))
		return float64(value) / float64(m.Target), value, true
	}
	value = usage / pods
	return float64(value) / float64(m.Target), value, true
}

// ceil rounds up, to what a number of replicas can be.
func ceil(x float64) int32 { return int32(min(math.Ceil(x), math.MaxInt32)) }
