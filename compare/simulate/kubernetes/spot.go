package kubernetes

import (
	"math"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate/replay"
)

// Spot is how many nodes are on spot capacity, and how often AWS takes such a node back: at
// random, whatever its age. The zero value is none.
type Spot struct {
	Share float64 // of the nodes, as near as a whole number of them is, as long as none is removed
	// Reserved is how many nodes are reserved, which the share is not of.
	Reserved int
	Rate     float64 // interruptions of a node in a month of demand.SecondsPerMonth
}

const (
	// SpotNotice is from when AWS says that it takes a node back until the node is gone
	// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html).
	SpotNotice = 2 * time.Minute
	// MaxSpotRate is the highest Spot.Rate.
	MaxSpotRate = 10_000
)

// spotStream keeps its random numbers apart from the others of a seed.
const spotStream = 0x73706f74

// spotNodes are the state of a cluster's spot nodes.
type spotNodes struct {
	draw   replay.Draw
	age    replay.Distribution // of a node when it is interrupted, as a part of its mean, in millionths
	spots  int                 // nodes on spot capacity that were not interrupted
	going  int                 // nodes that were interrupted and are still there
	taken  int64               // nodes that were interrupted, all together
	noDNS  int                 // DNS pods that lost their node and have found no other
	taking bool                // what is killed now is so because its node is taken back
}

// beginSpot prepares spot nodes.
func (c *cluster) beginSpot(seed uint64) {
	c.draw, c.age = replay.NewDraw(seed^spotStream), replay.Exponential(1e6)
}

// chooseSpot says of a node that is ordered whether it is on spot capacity.
func (s *simulator) chooseSpot(n *node) {
	if all := s.count - s.going + 1; float64(s.spots+1) <= math.Round(s.Nodes.Spot.Share*float64(all-s.Nodes.Spot.Reserved)) {
		n.spot = true
		s.spots++
	}
}

// nodeStarts lets pods start on a node, and draws when AWS takes it back.
func (s *simulator) nodeStarts(i int32) {
	n := &s.nodes[i]
	n.ready = true
	s.starting--
	if !n.spot {
		return
	}
	mean := demand.SecondsPerMonth * float64(time.Second) / s.Nodes.Spot.Rate
	if age := float64(float64(s.age.At(s.draw.Uint64()))/1e6) * mean; age < math.MaxInt64/4 {
		s.calendar.add(s.now+int64(age), interrupt, i, n.life)
	}
}

// interrupt is AWS's notice that it takes a node back. No pod is placed there any more. Its pods
// are evicted as on a node that is not needed, one of a Deployment at a time; runs of a CronJob
// have their grace period to end.
func (s *simulator) interrupt(i int32) {
	n := &s.nodes[i]
	n.ready, n.going, n.unneeded = false, true, never
	s.spots--
	s.going++
	s.taken++
	if s.draining == i {
		s.draining = none
	}
	if n.dns > 0 {
		n.take(nodes.DNS(), -int(n.dns))
		n.all += n.dns
		s.noDNS += int(n.dns)
		n.dns, n.permanent = 0, false
		s.placeDNS()
	}
	s.calendar.add(s.now+int64(SpotNotice), reclaim, i, n.life)
	for _, d := range s.deployments {
		d.record.To(s.now)
		pods := d.podsOn(i)
		if len(pods) > 0 || !s.several {
			d.record.Add(replay.Interruptions, 1)
		}
		for _, p := range pods {
			if d.Jobs != nil {
				s.calendar.add(s.now+int64(min(d.Stop.Grace, SpotNotice)), evictRun, p, d.pods[p].life)
			}
		}
	}
	s.drain()
	if s.homeless() > 0 || s.tooFew() {
		s.order()
	}
}

// podsOn are a Deployment's pods on a node.
func (s *simulator) podsOn(node int32) []int32 {
	var list []int32
	for _, i := range s.live {
		if s.pods[i].node == node {
			list = append(list, i)
		}
	}
	return list
}

// reclaim takes a node back, with all that is still on it.
func (s *simulator) reclaim(i, life int32) {
	isThere := func() bool { return s.nodes[i].going && s.nodes[i].life == life }
	if !isThere() {
		return
	}
	for _, d := range s.deployments {
		d.record.To(s.now)
		pods := d.podsOn(i)
		var lives []int32
		for _, p := range pods {
			lives = append(lives, d.pods[p].life)
		}
		for k, p := range pods {
			if d.pods[p].life == lives[k] { // what one leaves may let another go
				d.takeBack(p)
			}
		}
	}
	if isThere() {
		s.release(i)
	}
}

// takeBack ends a pod with its node, and what it worked at.
func (s *simulator) takeBack(i int32) {
	p := &s.pods[i]
	if !p.leaving {
		s.leaves(p)
		s.short = s.Jobs == nil
		if s.delivery != nil && p.serving {
			s.delivery.leave(p)
		}
	}
	s.taking = true
	s.killed(i)
	s.taking = false
	again := s.again
	s.again = nil
	for _, q := range again {
		s.startRun(q)
	}
	if s.Jobs == nil {
		s.reconcile()
	}
}

// jobRun is a run of a CronJob that starts.
type jobRun struct {
	arrived, cpu, wait int64
	tries              int32 // before
}

// lostRun ends a run whose pod is stopped: it takes too long, or its node is taken back, and then
// it starts again while its Job has attempts left.
func (s *simulator) lostRun(r int32) {
	q := &s.requests.all[r]
	tries := s.tries[r] + 1
	switch {
	case !s.taking:
		s.record.Finish(replay.TimedOutApp, s.now-q.arrived)
	case int(tries) >= s.Jobs.Attempts:
		s.record.Add(replay.InterruptedFailed, 1)
		s.record.Finish(replay.FailedPod, 0)
	default:
		s.record.Add(replay.InterruptedWaited, 1)
		s.again = append(s.again, jobRun{q.arrived, q.cpu, q.wait, tries})
	}
}

// drainInterrupted evicts the next pods of nodes that were interrupted. Those without pods go.
func (s *simulator) drainInterrupted() {
	if s.going == 0 {
		return
	}
	for i := range int32(len(s.nodes)) {
		for _, d := range s.deployments {
			if s.nodes[i].going && d.Jobs == nil {
				d.evict(i)
			}
		}
		if n := &s.nodes[i]; n.going && n.all == 0 {
			s.release(i)
		}
	}
}

// release ends a node.
func (s *simulator) release(i int32) {
	n := &s.nodes[i]
	switch {
	case n.going:
		s.going--
	case n.spot:
		s.spots--
	}
	s.nodes[i] = node{life: n.life}
	s.freeNodes = append(s.freeNodes, i)
	if s.draining == i {
		s.draining = none
	}
	s.count--
	s.gauges()
}

// tooFew reports whether interruptions leave fewer nodes than the least.
func (s *simulator) tooFew() bool { return s.count-s.going < s.Nodes.Min }

// placeDNS finds nodes for DNS pods that lost theirs, if it can ones without DNS.
func (s *simulator) placeDNS() {
	for s.noDNS > 0 {
		best := int32(none)
		for i := range s.nodes {
			n := &s.nodes[i]
			if n.ready && int32(i) != s.draining && n.left.Fits(nodes.DNS()) > 0 && (best == none || n.dns < s.nodes[best].dns) {
				best = int32(i)
			}
		}
		if best == none {
			return
		}
		s.nodes[best].runDNS()
		s.noDNS--
	}
}

// runDNS lets DNS run on a node.
func (n *node) runDNS() {
	n.take(nodes.DNS(), 1)
	n.all--
	n.dns++
	n.permanent = true
}

// recovered notes that all replicas serve again that interruptions took.
func (s *simulator) recovered() {
	if !s.short {
		return
	}
	serving := int32(0)
	for _, i := range s.serving {
		if !s.pods[i].leaving {
			serving++
		}
	}
	s.short = serving < s.wanted
}

// blame counts a request on a meter if it came to grief while replicas were missing that an
// interruption took, or, given its pod, on a node that goes.
func (s *simulator) blame(m replay.Meter, p *pod) {
	if s.short || p != nil && p.node != none && s.nodes[p.node].going {
		s.record.Add(m, 1)
	}
}
