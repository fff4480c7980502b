package hpa

import (
	"math"
	"time"
)

// history is what the controller remembers between syncs.
type history struct {
	recommendations []recommendation
	ups, downs      []change
}

// recommendation is what the metrics asked for once.
type recommendation struct {
	replicas int32
	at       time.Duration
}

// change is replicas that were added, or taken away.
type change struct {
	replicas int32 // not negative
	at       time.Duration
	outdated bool
}

// begin remembers the replicas that were there before the first decision, so
// that a controller that has just started does not shrink them at once.
func (h *history) begin(now time.Duration, current int32) {
	if h.recommendations == nil {
		h.recommendations = []recommendation{{current, now}}
	}
}

// remember keeps a recommendation, in the place of one that no window reaches.
func (h *history) remember(now time.Duration, replicas int32, old int) {
	if old >= 0 {
		h.recommendations[old] = recommendation{replicas, now}
		return
	}
	h.recommendations = append(h.recommendations, recommendation{replicas, now})
}

// changed keeps a change of replicas. Like the controller it takes the place of
// one that is older than the longest period of its own direction's policies,
// though the other direction's may reach further.
func (h *history) changed(now time.Duration, from, to int32, b *Behavior) {
	changes, rules, n := &h.downs, &b.Down, from-to
	if to > from {
		changes, rules, n = &h.ups, &b.Up, to-from
	}
	longest := time.Duration(0)
	for _, policy := range rules.Policies {
		longest = max(longest, policy.Period)
	}
	old := -1
	for i := range *changes {
		c := &(*changes)[i]
		c.outdated = c.outdated || c.at < now-longest
		if c.outdated {
			old = i
		}
	}
	if old >= 0 {
		(*changes)[old] = change{replicas: n, at: now}
		return
	}
	*changes = append(*changes, change{replicas: n, at: now})
}

// normalize bounds a recommendation by the behavior: first by the windows, then
// by the policies and the spec's own bounds.
func (a *Autoscaler) normalize(now time.Duration, current, recommended int32) (int32, Limit) {
	stabilized := a.stabilize(now, current, recommended, a.spec.Behavior)
	return a.limit(now, current, stabilized, a.spec.Min, a.spec.Max, a.spec.Behavior)
}

// stabilize takes the lowest recommendation of the window up and the highest of
// the window down, and stays between them.
func (h *history) stabilize(now time.Duration, current, recommended int32, b *Behavior) int32 {
	up, down, old := recommended, recommended, -1
	upCut, downCut := now-b.Up.Window, now-b.Down.Window
	for i, r := range h.recommendations {
		if r.at > upCut {
			up = min(up, r.replicas)
		}
		if r.at > downCut {
			down = max(down, r.replicas)
		}
		if r.at < upCut && r.at < downCut {
			old = i
		}
	}
	h.remember(now, recommended, old)
	return min(max(current, up), down)
}

// limit bounds a change by the policies of its direction and by the replicas
// that the spec allows.
func (h *history) limit(now time.Duration, current, desired, least, most int32, b *Behavior) (int32, Limit) {
	switch {
	case desired > current:
		allowed, reason := most, TooManyReplicas
		if bound := max(current, h.most(now, current, &b.Up)); most > bound {
			allowed, reason = bound, UpLimit
		}
		if desired > allowed {
			return allowed, reason
		}
	case desired < current:
		allowed, reason := least, TooFewReplicas
		if bound := min(current, h.fewest(now, current, &b.Down)); least < bound {
			allowed, reason = bound, DownLimit
		}
		if desired < allowed {
			return allowed, reason
		}
	}
	return desired, WithinRange
}

// most is how many replicas the policies allow; it is fewer than current when
// more than they allow was added already.
func (h *history) most(now time.Duration, current int32, rules *Rules) int32 {
	if rules.Select == Disabled {
		return current
	}
	result := int32(math.MinInt32)
	if rules.Select == Smallest {
		result = math.MaxInt32
	}
	for _, policy := range rules.Policies {
		start := h.start(now, current, policy.Period)
		n := start + policy.Value
		if policy.Percent {
			n = int32(math.Ceil(float64(start) * (1 + float64(policy.Value)/100)))
		}
		if rules.Select == Smallest {
			result = min(result, n)
		} else {
			result = max(result, n)
		}
	}
	return result
}

// fewest is how few replicas the policies allow.
func (h *history) fewest(now time.Duration, current int32, rules *Rules) int32 {
	if rules.Select == Disabled {
		return current
	}
	result := int32(math.MaxInt32)
	if rules.Select == Smallest {
		result = math.MinInt32
	}
	for _, policy := range rules.Policies {
		start := h.start(now, current, policy.Period)
		n := start - policy.Value
		if policy.Percent {
			n = int32(float64(start) * (1 - float64(policy.Value)/100))
		}
		if rules.Select == Smallest {
			result = max(result, n)
		} else {
			result = min(result, n)
		}
	}
	return result
}

// start is how many replicas there were at the start of a period: those of now
// without the changes since.
func (h *history) start(now time.Duration, current int32, period time.Duration) int32 {
	for _, c := range h.ups {
		if c.at > now-period {
			current -= c.replicas
		}
	}
	for _, c := range h.downs {
		if c.at > now-period {
			current += c.replicas
		}
	}
	return current
}

// normalizeWithout bounds a recommendation where the spec has no behavior: by
// the highest recommendation of the controller's window, to twice the replicas
// or to 4, whichever is more, and by the spec's bounds.
func (a *Autoscaler) normalizeWithout(now time.Duration, current, recommended int32) (int32, Limit) {
	stabilized := a.highest(now, recommended, a.flags.Stabilization)
	return limitWithout(current, stabilized, a.spec.Min, a.spec.Max)
}

func (h *history) highest(now time.Duration, recommended int32, window time.Duration) int32 {
	result, old := recommended, -1
	for i, r := range h.recommendations {
		if r.at < now-window {
			old = i
		} else {
			result = max(result, r.replicas)
		}
	}
	h.remember(now, recommended, old)
	return result
}

func limitWithout(current, desired, least, most int32) (int32, Limit) {
	allowed, reason := most, TooManyReplicas
	if bound := int32(max(2*float64(current), 4)); most > bound {
		allowed, reason = bound, UpLimit
	}
	switch {
	case desired < least:
		return least, TooFewReplicas
	case desired > allowed:
		return allowed, reason
	}
	return desired, WithinRange
}
