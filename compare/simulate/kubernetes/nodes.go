package kubernetes

import (
	"slices"

	"ambi/compare/price/nodes"
)

// node is a node, or a place for one.
type node struct {
	left      nodes.Room // what pods may still take
	pods      int32      // those that stay
	all       int32      // those that are there, DNS not counted
	ready     bool
	there     bool
	permanent bool  // DNS is on it
	spot      bool  // AWS may take it back
	going     bool  // AWS takes it back
	dns       int32 // DNS pods
	life      int32 // which node of this place
	unneeded  int64 // since when; never when it is needed
}

// share is what a node has of one Deployment.
type share struct {
	pods  int32 // those that stay
	image int64 // when the image was or will be pulled; never when not
}

// take takes the room of some pods, or gives it back.
func (n *node) take(pod nodes.Pod, times int) {
	n.left.MilliCPU -= times * pod.MilliCPU
	n.left.MemoryMiB -= times * pod.MemoryMiB
	n.left.Pods -= times
	n.all += int32(times)
}

// firstNodes makes the nodes that there always are, and lets DNS run on them.
func (s *simulator) firstNodes() {
	for range max(1, s.Nodes.Min) {
		n := s.newNode()
		s.nodeStarts(n)
	}
	dns := nodes.DNS()
	for k := range nodes.DNSReplicas {
		n := &s.nodes[k%len(s.nodes)]
		if n.left.Fits(dns) == 0 {
			continue
		}
		n.runDNS()
	}
}

// newNode orders a node.
func (s *simulator) newNode() int32 {
	var i int32
	if n := len(s.freeNodes); n > 0 {
		i, s.freeNodes = s.freeNodes[n-1], s.freeNodes[:n-1]
	} else {
		i = int32(len(s.nodes))
		s.nodes = append(s.nodes, node{})
		if s.Burst == BurstNode {
			s.newDomain(i)
		}
	}
	s.nodes[i] = node{left: s.Nodes.Room, there: true, unneeded: never, life: s.nodes[i].life + 1}
	s.chooseSpot(&s.nodes[i])
	for _, d := range s.deployments {
		if int(i) == len(d.on) {
			d.on = append(d.on, share{})
		}
		d.on[i] = share{image: never}
	}
	s.count++
	s.starting++
	return i
}

// find is the node that a pod goes to: of those with room the one with the
// fewest of the Deployment's pods, which is what its topology spread asks for.
func (s *simulator) find() int32 {
	best := int32(none)
	for i := range s.nodes {
		n := &s.nodes[i]
		if !n.ready || int32(i) == s.draining || n.left.Fits(s.Pod) == 0 {
			continue
		}
		if best == none || s.on[i].pods < s.on[best].pods {
			best = int32(i)
		}
	}
	return best
}

// order sees to it that nodes will be ordered for pods that found no room.
func (s *simulator) order() {
	if s.Nodes.Batch > 0 && !s.ordering {
		s.ordering = true
		s.calendar.add(s.now+int64(s.Nodes.Batch), provision, s.index, 0)
	}
	s.gauges()
}

// provision orders as many nodes as hold the pods that found no room, and as many as must be
// there, those that start already counted.
func (s *simulator) provision() {
	rooms := slices.Repeat([]nodes.Room{s.Nodes.Room}, s.starting)
	order := func() bool {
		if s.Nodes.Max > 0 && s.count-s.going >= s.Nodes.Max {
			return false
		}
		n := s.newNode()
		s.added = s.now
		s.calendar.add(s.now+int64(s.Nodes.Ready), nodeReady, n, 0)
		rooms = append(rooms, s.Nodes.Room)
		return true
	}
	hold := func(pod nodes.Pod) bool {
		return fit(rooms, pod) || order() && fit(rooms[len(rooms)-1:], pod)
	}
	for k := 0; k < s.noDNS && hold(nodes.DNS()); k++ {
	}
	for _, d := range s.deployments {
		for k := 0; k < len(d.unscheduled) && hold(d.Pod); k++ {
		}
	}
	for s.tooFew() && order() {
	}
	s.gauges()
}

// fit takes a pod's place in the first room that has one; false when none has.
func fit(rooms []nodes.Room, pod nodes.Pod) bool {
	for i := range rooms {
		if r := &rooms[i]; r.Fits(pod) > 0 {
			r.MilliCPU, r.MemoryMiB, r.Pods = r.MilliCPU-pod.MilliCPU, r.MemoryMiB-pod.MemoryMiB, r.Pods-1
			return true
		}
	}
	return false
}

// homeless is how many pods found no node, DNS included.
func (c *cluster) homeless() int {
	n := c.noDNS
	for _, s := range c.deployments {
		n += len(s.unscheduled)
	}
	return n
}

// nodeReady lets pods start on a node.
func (s *simulator) nodeReady(n int32) {
	s.nodeStarts(n)
	s.placeDNS()
	s.placeWaiting()
	if s.homeless() > 0 {
		s.order()
	}
}

// scan looks for a node that is not needed.
func (s *simulator) scan() {
	s.calendar.add(s.now+int64(s.Nodes.Scan), scan, s.index, 0)
	if s.Nodes.Batch == 0 && (s.homeless() > 0 || s.tooFew()) {
		s.provision()
	}
	if s.draining != none || s.going > 0 {
		s.drain()
		return
	}
	settled := s.homeless() == 0 && s.starting == 0 && s.now-s.added >= int64(s.Nodes.After)
	best, room := int32(none), s.room()
	for i := range s.nodes {
		n := &s.nodes[i]
		if !s.dispensableNode(int32(i), room) {
			n.unneeded = never
			continue
		}
		n.unneeded = min(n.unneeded, s.now)
		if settled && s.now-n.unneeded >= int64(s.Nodes.Unneeded) && (best == none || n.pods < s.nodes[best].pods) {
			best = int32(i)
		}
	}
	if best != none {
		s.draining = best
		s.drain()
	}
}

// room is how many more pods all nodes hold that are ready.
func (s *simulator) room() int {
	room := 0
	for i := range s.nodes {
		if n := &s.nodes[i]; n.ready {
			room += n.left.Fits(s.Pod)
		}
	}
	return room
}

// dispensableNode says whether the pods of a node fit on the others; room is that of
// all nodes.
func (s *simulator) dispensableNode(i int32, room int) bool {
	n := &s.nodes[i]
	if !n.ready || n.permanent || s.count <= s.Nodes.Min || s.share(n) > s.Nodes.Below {
		return false
	}
	if s.several {
		return s.fitElsewhere(i)
	}
	return room-n.left.Fits(s.Pod) >= int(n.pods)
}

// fitElsewhere says whether the pods of a node fit on the others, one after the other, where
// pods differ. Those of a CronJob's runs are left to end where they are.
func (c *cluster) fitElsewhere(i int32) bool {
	var rooms []nodes.Room
	for k := range c.nodes {
		if n := &c.nodes[k]; n.ready && int32(k) != i {
			rooms = append(rooms, n.left)
		}
	}
	for _, s := range c.deployments {
		for range s.on[i].pods {
			if s.Jobs != nil || !fit(rooms, s.Pod) {
				return false
			}
		}
	}
	return true
}

// share is the part of a node's CPU or memory that its pods request.
func (s *simulator) share(n *node) float64 {
	room := s.Nodes.Room
	return max(1-float64(n.left.MilliCPU)/float64(room.MilliCPU), 1-float64(n.left.MemoryMiB)/float64(room.MemoryMiB))
}

// drain evicts the next pod of the node that is to go, once all others are
// ready: the disruption budget lets one be missing. A node without pods goes.
func (s *simulator) drain() {
	s.drainInterrupted()
	if s.draining == none {
		return
	}
	n := &s.nodes[s.draining]
	if n.all == 0 {
		s.release(s.draining)
		return
	}
	for _, d := range s.deployments {
		if s.draining != none {
			d.evict(s.draining)
		}
	}
}

// evict evicts the Deployment's next pod of a node that is to go.
func (s *simulator) evict(from int32) {
	s.record.To(s.now)
	evicted := int32(none)
	for _, i := range s.live {
		p := &s.pods[i]
		switch {
		case p.leaving:
		case !p.serving && p.node != from:
			return
		case p.node == from && evicted == none:
			evicted = i
		}
	}
	if evicted != none {
		s.short = s.short || s.nodes[from].going
		s.remove(evicted)
		s.reconcile()
	}
}
