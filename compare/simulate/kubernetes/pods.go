package kubernetes

import (
	"ambi/compare/simulate/replay"
)

// pod is a pod, or a place for one.
type pod struct {
	// What requests change comes first: it is in the same piece of the cache.
	active     int32 // requests that it works at
	computing  int32 // those of them that are at their CPU time
	queued     int32
	head, tail int32
	domain     int32
	of         *simulator // whose pod it is
	phase      phase
	serving    bool // the balancer knows it
	ready      bool
	leaving    bool  // it was deleted
	stopping   bool  // it was told to stop
	used       int64 // CPU time, in units
	seen       int64 // the domain's virtual time up to which used is
	taken      int64 // requests

	life     int32 // which pod of this place
	node     int32 // none while it looks for one
	number   int64 // in the order of creation
	admitted int64 // when it found its node
	started  int64 // when its container started
	changed  int64 // when it became ready, or last was not
	scrapes  history
}

// phase is how far a pod has come.
type phase int8

const (
	absent  phase = iota // no pod is here
	pending              // without a node
	pulling              // its container has not started
	up
)

// account brings the CPU time that the pod has used up to date. Its domain is.
func (p *pod) account(d *domain) {
	p.used += int64(p.computing) * (d.virtual - p.seen)
	p.seen = d.virtual
}

// point is what a pod has used and taken by a time.
type point struct{ at, used, taken int64 }

// history is the last scrapes.
type history struct {
	points [maxWindows + 1]point
	count  int
}

func (h *history) add(p point) {
	if h.count == len(h.points) {
		copy(h.points[:], h.points[1:])
		h.count--
	}
	h.points[h.count] = p
	h.count++
}

// over is what there was between the last scrape and the one some scrapes
// before it, or the first of all.
func (h *history) over(scrapes int) (from, to point, ok bool) {
	if h.count < 2 {
		return point{}, point{}, false
	}
	to = h.points[h.count-1]
	return h.points[max(0, h.count-1-scrapes)], to, true
}

// newPod makes a pod that has no node.
func (s *simulator) newPod() int32 {
	var i int32
	if n := len(s.free); n > 0 {
		i, s.free = s.free[n-1], s.free[:n-1]
	} else {
		i = int32(len(s.pods))
		s.pods = append(s.pods, pod{})
	}
	if s.Burst == BurstNone {
		s.newDomain(i)
	}
	s.created++
	s.pods[i] = pod{life: s.pods[i].life + 1, of: s, phase: pending, node: none, domain: i, number: s.created}
	s.live = append(s.live, i)
	return i
}

// domainMilliCPU is the CPU that requests share: a node's, or a pod's.
func (c *Config) domainMilliCPU() int64 {
	switch {
	case c.Burst == BurstNode:
		return int64(c.Nodes.Room.MilliCPU)
	case c.PodMilliCPU > 0:
		return int64(c.PodMilliCPU)
	}
	return int64(c.Pod.MilliCPU)
}

// newDomain makes the domain of a pod or node. One that was there before has been left by all
// requests, and may have been of another Deployment's pod.
func (s *simulator) newDomain(i int32) {
	for int(i) >= len(s.domains) {
		s.domains = append(s.domains, domain{})
	}
	if s.domains[i].jobs == nil {
		s.domains[i] = domain{jobs: make([]job, 0, 8)}
		s.turns.grow(len(s.domains))
	}
	s.domains[i].speed = s.speed
}

// settle gives a pod a node and lets it have been ready for long.
func (s *simulator) settle(i int32) {
	p := &s.pods[i]
	if s.hasNodes() {
		n := s.find()
		if n == none {
			n = s.newNode()
			s.nodeStarts(n)
		}
		s.place(i, n)
		s.on[n].image = s.now
	} else {
		s.place(i, none)
	}
	p.phase, p.ready, p.serving = up, true, true
	p.admitted, p.started, p.changed = -int64(longest), -int64(longest), -int64(longest)
	p.scrapes.add(point{at: s.now})
	s.serving = append(s.serving, i)
	s.record.Add(replay.Started, 1)
}

// podEvent is what happens to a pod that is there.
func (s *simulator) podEvent(e event) {
	i := e.which
	p := &s.pods[i]
	switch e.kind {
	case schedule:
		if !s.assign(i) {
			s.unscheduled = append(s.unscheduled, i)
			s.order()
		}
	case running:
		if p.leaving {
			return
		}
		p.phase, p.started = up, s.now
		probes := (int64(s.Start.App) + int64(s.Start.Probe) - 1) / int64(s.Start.Probe)
		s.calendar.add(s.now+probes*int64(s.Start.Probe), ready, i, p.life)
	case ready:
		if p.leaving {
			return
		}
		p.ready, p.changed = true, s.now
		if s.Jobs != nil {
			s.beginJob(i)
			return
		}
		s.calendar.add(s.now+int64(s.Start.Endpoint), serve, i, p.life)
	case serve:
		if p.leaving {
			return
		}
		s.use(s.now)
		p.serving = true
		s.serving = append(s.serving, i)
		s.gauges()
		s.recovered()
		s.drain()
		if s.delivery != nil {
			s.delivery.opened()
		}
	case out:
		s.unserve(i)
	case stop:
		if s.Jobs != nil {
			s.remove(i)
			return
		}
		p.stopping = true
		if p.active == 0 && !p.serving {
			s.gone(i)
		}
	case kill:
		if s.Jobs != nil {
			s.stopJob(i)
			return
		}
		s.killed(i)
	case evictRun:
		s.takeBack(i)
	case scrape, decide, poll, expire, nodeReady, provision, scan, interrupt, reclaim: // not events of a pod
	}
}

// assign finds a node for a pod and starts it there; false when none has room.
func (s *simulator) assign(i int32) bool {
	n := int32(none)
	if s.hasNodes() {
		if n = s.find(); n == none {
			return false
		}
	}
	s.place(i, n)
	p := &s.pods[i]
	p.phase, p.admitted, p.changed = pulling, s.now, s.now
	pulled := s.now + int64(s.Start.Pull)
	if n != none {
		// The image is pulled once on a node.
		if s.on[n].image == never {
			s.on[n].image = pulled
		}
		pulled = max(s.now, s.on[n].image)
	}
	s.calendar.add(pulled, running, i, p.life)
	s.record.Add(replay.Started, 1)
	s.gauges()
	return true
}

// place takes a pod's room on a node.
func (s *simulator) place(i, n int32) {
	p := &s.pods[i]
	p.node = n
	s.scheduled++
	if n != none {
		s.nodes[n].take(s.Pod, 1)
		s.nodes[n].pods++
		s.on[n].pods++
		if s.Burst == BurstNode {
			p.domain = n
		}
	}
}

// placeWaiting tries again to place pods that found no node.
func (c *cluster) placeWaiting() {
	for _, s := range c.deployments {
		s.record.To(c.now)
		for len(s.unscheduled) > 0 && s.assign(s.unscheduled[0]) {
			s.unscheduled = append(s.unscheduled[:0], s.unscheduled[1:]...)
		}
		s.gauges()
	}
}

// scale sets the replicas that are wanted.
func (s *simulator) scale(to int32) {
	if to != s.wanted {
		s.wanted = to
		s.record.Set(replay.Wanted, int64(to))
	}
	s.reconcile()
}

// reconcile creates or deletes pods until there are as many as are wanted.
func (s *simulator) reconcile() {
	for count := s.replicas(); count < s.wanted; count++ {
		i := s.newPod()
		s.calendar.add(s.now+int64(s.Start.Schedule), schedule, i, s.pods[i].life)
	}
	// Counted anew each time: a pod that is gone may let another be evicted.
	for s.replicas() > s.wanted {
		s.remove(s.dispensable())
	}
	s.recovered()
	s.gauges()
}

// replicas counts the pods that are not about to leave.
func (s *simulator) replicas() int32 {
	n := int32(0)
	for _, i := range s.live {
		if !s.pods[i].leaving {
			n++
		}
	}
	return n
}

// dispensable is the pod that a ReplicaSet deletes first: one without a node,
// one that has not started, one that is not ready, one of those that share a
// node with the most others, the one that became ready last, the newest.
// Source: kubernetes pkg/controller, ActivePodsWithRanks; it also groups ready
// times by their logarithm.
func (s *simulator) dispensable() int32 {
	best := int32(none)
	for _, i := range s.live {
		if p := &s.pods[i]; !p.leaving && (best == none || s.before(p, &s.pods[best])) {
			best = i
		}
	}
	return best
}

func (s *simulator) before(a, b *pod) bool {
	switch {
	case a.phase != b.phase:
		return a.phase < b.phase
	case a.ready != b.ready:
		return !a.ready
	case s.beside(a) != s.beside(b):
		return s.beside(a) > s.beside(b)
	case a.changed != b.changed:
		return a.changed > b.changed
	}
	return a.number > b.number
}

// beside is how many of the Deployment's pods that stay are on a pod's node.
func (s *simulator) beside(p *pod) int32 {
	if p.node == none {
		return 0
	}
	return s.on[p.node].pods
}

// remove deletes a pod: it goes in its own time.
func (s *simulator) remove(i int32) {
	p := &s.pods[i]
	s.leaves(p)
	if p.phase != up || !p.serving {
		// It has no requests, and the balancer never knew it. One that starts is
		// stopped before it listens.
		s.gone(i)
		return
	}
	if s.delivery != nil {
		s.delivery.leave(p)
	}
	s.calendar.add(s.now+int64(s.Start.Endpoint), out, i, p.life)
	s.calendar.add(s.now+int64(s.Stop.PreStop), stop, i, p.life)
	s.calendar.add(s.now+int64(s.Stop.Grace), kill, i, p.life)
}

// leaves notes that a pod does not stay.
func (s *simulator) leaves(p *pod) {
	p.leaving = true
	if p.node != none {
		s.nodes[p.node].pods--
		s.on[p.node].pods--
	}
}

// unserve tells the balancer that a pod is not to be chosen any more.
func (s *simulator) unserve(i int32) {
	p := &s.pods[i]
	if !p.serving {
		return
	}
	s.use(s.now)
	p.serving = false
	s.serving = without(s.serving, i)
	s.gauges()
	if p.stopping && p.active == 0 {
		s.gone(i)
	}
}

// without removes a value from a list, which keeps its order.
func without(list []int32, value int32) []int32 {
	for k, v := range list {
		if v == value {
			return append(list[:k], list[k+1:]...)
		}
	}
	return list
}

// killed ends a pod, and what it worked at.
func (s *simulator) killed(i int32) {
	p := &s.pods[i]
	d := &s.domains[p.domain]
	d.advance(s.now)
	d.drop(func(r int32) bool {
		if s.requests.all[r].pod != i {
			return false
		}
		s.lost(i, r)
		s.requests.drop(r)
		return true
	})
	s.turns.set(int(p.domain), d.next())
	for k := range s.waits.count {
		s.loseWaiting(i, s.waits.ring[(s.waits.bottom+k)&(len(s.waits.ring)-1)].request)
	}
	for k := 1; k <= s.waits.size; k++ {
		s.loseWaiting(i, s.waits.heap[k>>1][k&1].request)
	}
	s.inUse -= int64(p.active)
	p.active, p.computing = 0, 0
	for p.queued > 0 {
		r := s.dequeue(p)
		s.lost(i, r)
		s.requests.drop(r)
	}
	s.record.Set(replay.InUse, s.inUse)
	life := p.life
	s.unserve(i)
	if s.pods[i].life == life { // it may be gone by now, and its place taken
		s.gone(i)
	}
}

// loseWaiting marks a request of a pod, which stays until its time is over.
func (s *simulator) loseWaiting(pod, r int32) {
	if s.requests.all[r].pod == pod {
		s.requests.all[r].pod = none
		s.lost(pod, r)
	}
}

// lost records a request that ends with its pod. Its client may have been told
// before that it takes too long.
func (s *simulator) lost(pod, r int32) {
	if s.delivery != nil {
		s.blame(replay.InterruptedFailed, &s.pods[pod])
		s.delivery.lost(r)
		return
	}
	if s.Jobs != nil {
		s.lostRun(r)
		return
	}
	if s.now-s.requests.all[r].arrived >= s.limit {
		s.record.Finish(s.overLimit, s.limit)
		return
	}
	s.blame(replay.InterruptedFailed, &s.pods[pod])
	s.record.Finish(replay.FailedPod, 0)
}

// gone gives a pod's place and room back.
func (s *simulator) gone(i int32) {
	p := &s.pods[i]
	if p.serving {
		return // until the balancer does not know it any more
	}
	if n := p.node; n != none {
		s.nodes[n].take(s.Pod, -1)
	}
	if p.phase == pending {
		s.unscheduled = without(s.unscheduled, i)
	} else {
		s.scheduled--
		s.record.Add(replay.Stopped, 1)
	}
	*p = pod{life: p.life + 1, node: none, domain: p.domain}
	s.live = without(s.live, i)
	s.free = append(s.free, i)
	s.moved = true
	s.gauges()
	if s.hasNodes() {
		s.placeDNS()
		s.placeWaiting()
		s.drain()
	}
}

// gauges tells how many pods there are, and nodes, unless others share them.
func (s *simulator) gauges() {
	s.record.Set(replay.Instances, s.scheduled)
	s.record.Set(replay.Ready, int64(len(s.serving)))
	s.record.Set(replay.Capacity, int64(len(s.serving))*int64(s.Concurrency))
	s.record.Set(replay.Pending, int64(len(s.unscheduled)))
	if !s.several {
		s.record.Set(replay.Nodes, int64(s.count))
	}
}
