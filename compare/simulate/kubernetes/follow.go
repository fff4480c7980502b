package kubernetes

import (
	"time"

	"ambi/compare/simulate/replay"
)

// Depth is how many messages a queue has from a time on, those in flight included.
type Depth struct {
	At       time.Duration
	Messages int
}

// Replicas are how many pods are asked for from a time on.
type Replicas struct {
	At    time.Duration
	Count int
}

// Follow is what KEDA and the autoscaler ask for while a queue has given depths, in order, whatever
// the pods do: each change, up to a time. It is by Follow that both are held against KEDA's own
// operator and Kubernetes' own controller.
func Follow(config Config, depths []Depth, until time.Duration) ([]Replicas, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	s := newSimulator(config, replay.Demand{}, replay.Options{})
	messages := 0
	s.depth = func() int { return messages }
	changes := []Replicas{{0, int(s.wanted)}}
	follow := func(end time.Duration) {
		for s.next() <= int64(end) {
			at := s.next()
			s.until(at)
			if last := changes[len(changes)-1]; int(s.wanted) != last.Count {
				changes = append(changes, Replicas{time.Duration(at), int(s.wanted)})
			}
		}
	}
	for _, d := range depths {
		follow(d.At - 1)
		messages = d.Messages
	}
	follow(until)
	return changes, nil
}
