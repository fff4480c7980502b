package kubernetes

import (
	"context"
	"errors"

	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// Deployment is one of several that run in one cluster.
type Deployment struct {
	Config
	Delivery *Delivery // of the queue whose messages it takes; nil where requests come
	Source   replay.Source
	Demand   replay.Demand
	Seed     uint64
}

// RunTogether simulates Deployments that share a cluster: all of their pods find places on the
// same nodes, where they share the CPU, and nodes come and go for all of them. Each has its own
// autoscaler, and lets one pod at a time be evicted. The first one's Nodes are those of the
// cluster.
//
// Of each Deployment it returns what Run and RunMessages do, up to the end of all and without
// nodes, and what the cluster was like. Options have no seed; a plan is that of all Deployments
// together, none of which has a queue.
func RunTogether(ctx context.Context, deployments []Deployment, options replay.Options) (each []replay.Result, whole replay.Result, err error) {
	return runTogether(ctx, deployments, options, nil)
}

// runTogether is RunTogether, which shows the cluster after each request, unless look is nil.
func runTogether(ctx context.Context, deployments []Deployment, options replay.Options, look func(*host)) (each []replay.Result, whole replay.Result, err error) {
	var problems []error
	for i := range deployments {
		d := &deployments[i]
		d.Nodes, d.Burst = deployments[0].Nodes, deployments[0].Burst
		problems = append(problems, d.Check())
		if d.Delivery != nil {
			problems = append(problems, d.Delivery.Check())
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, whole, err
	}
	options.Through = options.Plan != nil
	h := &host{cluster: newCluster(), look: look}
	h.several = true
	var loops []*replay.Loop
	var recorders []*replay.Recorder
	for i := range deployments {
		d := &deployments[i]
		own := options.Of(i, d.Seed)
		requests := replay.RequestsOf(d.Source, d.Demand)
		if d.Delivery == nil {
			requests = d.settle(requests, d.Demand)
			h.add(d.Config, d.Demand, own)
		} else {
			requests = d.settleMessages(requests, d.Demand)
			h.addDelivery(d.Config, *d.Delivery, d.Demand, own)
		}
		loops = append(loops, replay.NewLoop(ctx, requests, own))
		recorders = append(recorders, h.deployments[i].record)
	}
	h.sum = replay.NewSum(options, recorders)
	h.follow()
	at, partial, err := replay.RunTogether(h, loops)
	if err != nil {
		return nil, whole, err
	}
	for i, s := range h.deployments {
		each = append(each, s.result(at, options.Of(i, deployments[i].Seed)))
		each[i].Partial = partial
	}
	whole = h.sum.Result(spec.Kubernetes, at, options, each)
	whole.Meters[replay.Interruptions] = h.taken // a node may have pods of several
	return each, whole, nil
}

// result is a Deployment at the end of a run.
func (s *simulator) result(at int64, options replay.Options) replay.Result {
	result := s.record.Result(spec.Kubernetes, at, options)
	result.InFlight = s.inUse + s.queued
	if s.delivery != nil {
		result.Messages = s.delivery.queue.Result(at)
		result.InFlight = result.Messages.Left
	}
	return result
}

// host is a cluster whose Deployments run together.
type host struct {
	*cluster
	sum  *replay.Sum
	look func(*host) // for tests
}

// follow follows what all Deployments have.
func (h *host) follow() {
	h.moved = false
	for i := range h.deployments {
		h.sum.Follow(h.now, i)
	}
	h.sum.Set(h.now, replay.Nodes, int64(h.count))
}

// changed follows what a Deployment did, and others with the room that it gave back.
func (h *host) changed(of int32) {
	if h.moved {
		h.follow()
		return
	}
	h.sum.Follow(h.now, int(of))
}

// Next is when the next event is.
func (h *host) Next() int64 {
	next := min(h.turns.at, h.calendar.next())
	for _, s := range h.deployments {
		next = min(next, s.waits.first)
		if s.delivery != nil {
			next = min(next, s.delivery.queue.Next())
		}
	}
	return next
}

// Reach goes on to a time, through what a plan leaves out before it.
func (h *host) Reach(at int64) bool {
	return h.deployments[0].flow == nil || h.inside(at) || h.reach(at, h.Until)
}

// End handles the events before the end of the run.
func (h *host) End(at int64) {
	if h.deployments[0].flow != nil {
		h.reach(at, h.Until)
		h.pass(at, h.Until)
	}
	h.Until(at - 1)
}

// Until handles the events up to a time, in order; of those of one time the queues' first, as
// where a Deployment is alone.
func (h *host) Until(at int64) {
	for {
		next := h.Next()
		if next > at {
			return
		}
		h.now = next
		h.happenAt(next)
	}
}

// happenAt handles one event, which is at that time.
func (h *host) happenAt(at int64) {
	for _, s := range h.deployments {
		if s.delivery != nil && s.delivery.queue.Next() == at {
			s.to(at)
			s.delivery.queue.Happen(at)
			s.delivery.receive()
			h.changed(s.index)
			return
		}
	}
	if h.turns.at == at {
		h.changed(h.computed(h.turns.leaf).index)
		return
	}
	for _, s := range h.deployments {
		if s.waits.first == at {
			s.to(at)
			s.done(s.waits.pop())
			h.changed(s.index)
			return
		}
	}
	h.happen(h.calendar.pop())
	h.follow()
}

// Arrive hands a Deployment the request that its loop is at.
func (h *host) Arrive(of int, loop *replay.Loop) {
	s := h.deployments[of]
	s.to(loop.At)
	if s.delivery != nil {
		s.delivery.queue.Send(loop.At, loop.Request)
		s.delivery.receive()
	} else {
		s.arrive(loop.Request)
	}
	h.changed(s.index)
	if h.look != nil {
		h.look(h)
	}
}

// Busy reports whether some request or message was not answered yet.
func (h *host) Busy() bool {
	for _, s := range h.deployments {
		if s.inUse+s.queued > 0 || s.delivery != nil && s.delivery.queue.Depth() > 0 {
			return true
		}
	}
	return false
}
