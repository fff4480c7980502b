package kubernetes

import (
	"ambi/compare/price/cost"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/replay"
)

// settle finds the replicas that a trace begins with, where the configuration
// leaves that open: it reads ahead, and returns what gives the same requests.
func (c *Config) settle(requests replay.Requests, demand replay.Demand) replay.Requests {
	if c.Initial != Settled {
		return requests
	}
	rate, same := replay.Opening(requests)
	c.Initial = c.settled(rate, demand.CPU.Mean()/1e9)
	return same
}

// settled is the number of replicas at which the autoscaler settles, at a rate per second and
// with this CPU time per request.
func (c *Config) settled(rate, cpu float64) int {
	if len(c.Autoscaler.Metrics) == 0 {
		return 1
	}
	if c.KEDA != nil && rate == 0 {
		return 0
	}
	replicas := 0.0
	for _, m := range c.Autoscaler.Metrics {
		var sizing cost.Sizing
		target := float64(m.Target) / 1000 // cores, or requests a second
		switch {
		case m.Kind == hpa.Utilization:
			sizing.WatchedCores = float64(c.Pod.MilliCPU) / 1000 * float64(m.Target) / 100
		case m.CPU:
			sizing.WatchedCores = target
		case m.Kind == hpa.Total:
			sizing.Min = 1 // one total is compared with one target, however many pods there are
		default:
			sizing.WatchedRate = target
		}
		replicas = max(replicas, sizing.Rest(rate, cpu))
	}
	return int(min(max(replicas, float64(c.Autoscaler.Min)), float64(c.Autoscaler.Max)))
}
