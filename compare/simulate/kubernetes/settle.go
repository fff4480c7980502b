package kubernetes

import (
	"math"
	"time"

	"ambi/compare/simulate"
	"ambi/compare/simulate/hpa"
)

// settle finds the replicas that a trace begins with, where the configuration
// leaves that open: it reads ahead, and returns a source that gives the same
// arrivals.
func (c *Config) settle(source simulate.Source, demand simulate.Demand) simulate.Source {
	if c.Initial != Settled {
		return source
	}
	const most = 100_000
	ahead := &ahead{source: source}
	length := int64(time.Minute)
	for len(ahead.read) < most {
		at, ok := source.Next()
		if !ok {
			break
		}
		ahead.read = append(ahead.read, at)
		if at >= length {
			break
		}
	}
	n := len(ahead.read)
	switch {
	case n > 0 && ahead.read[n-1] >= length:
		n-- // it is of the next minute
	case n == most:
		length = max(1, ahead.read[n-1])
	}
	c.Initial = c.settled(float64(n)/(float64(length)/1e9), demand.CPU.Mean()/1e9)
	return ahead
}

// settled is how many replicas the autoscaler comes to rest at, at a rate a
// second, with so many seconds of CPU time a request.
func (c *Config) settled(rate, cpu float64) int {
	if len(c.Autoscaler.Metrics) == 0 {
		return 1
	}
	if c.KEDA != nil && rate == 0 {
		return 0
	}
	replicas := 0.0
	for _, m := range c.Autoscaler.Metrics {
		need := rate * 1000 / float64(m.Target) // requests a second
		switch {
		case m.Kind == hpa.Utilization:
			need = float64(rate*cpu*1000) / (float64(c.Pod.MilliCPU) * float64(m.Target) / 100)
		case m.CPU:
			need = float64(rate*cpu*1000) / float64(m.Target)
		case m.Kind == hpa.Total:
			need = 1 // one total is compared with one target, however many pods there are
		}
		replicas = max(replicas, math.Ceil(need))
	}
	return int(min(max(replicas, float64(c.Autoscaler.Min)), float64(c.Autoscaler.Max)))
}

// ahead gives what was read ahead, and then the rest.
type ahead struct {
	source simulate.Source
	read   []int64
	given  int
}

func (a *ahead) Next() (int64, bool) {
	if a.given < len(a.read) {
		a.given++
		return a.read[a.given-1], true
	}
	a.read, a.given = nil, 0
	return a.source.Next()
}

func (a *ahead) Err() error { return a.source.Err() }
