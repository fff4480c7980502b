package kubernetes

import (
	"context"
	"math/bits"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/replay"
)

// Run simulates a trace. When the context ends first the result is marked as
// partial. An error is the source's, or says what is wrong with the
// configuration.
func Run(ctx context.Context, config Config, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
	if err := config.Check(); err != nil {
		return replay.Result{}, err
	}
	requests := config.settle(replay.RequestsOf(source, demand), demand)
	options.Through = options.Plan != nil
	s := newSimulator(config, demand, options)
	loop := replay.NewLoop(ctx, requests, options)
	for loop.Next() {
		if s.flow == nil || s.inside(loop.At) || s.reach(loop.At, s.until) {
			s.until(loop.At)
			s.to(loop.At)
			s.arrive(loop.Request)
		}
	}
	if err := loop.Err(); err != nil {
		return replay.Result{}, err
	}
	at := loop.At
	switch {
	case loop.Partial:
	case loop.Limited():
		at = loop.End
		if s.flow != nil {
			s.reach(at, s.until)
			s.pass(at, s.until)
		}
		s.until(at - 1)
	default:
		for s.inUse+s.queued > 0 {
			at = s.next()
			s.until(at)
		}
	}
	result := s.result(at, options)
	result.Partial = loop.Partial
	return result, nil
}

// cluster is what the Deployments of a run share: the nodes with their CPU, and what happens
// when.
type cluster struct {
	now         int64
	deployments []*simulator
	several     bool // Deployments share it, and none has its nodes
	moved       bool // a pod is gone, and others may have its room

	requests requests
	domains  []domain // of the nodes, or of the pods
	turns    turns
	calendar calendar

	left leftOut

	pods []pod
	free []int32 // places of pods that are gone

	nodes     []node
	freeNodes []int32
	starting  int   // nodes that are not ready yet
	count     int   // nodes that are paid for
	draining  int32 // the node that is to go, or none
	added     int64 // when the last node was ordered
	ordering  bool  // an order is about to be made
	spotNodes
}

func newCluster() *cluster {
	return &cluster{requests: requests{free: none}, turns: newTurns(), draining: none, added: -int64(longest)}
}

// simulator is the state of a Deployment.
type simulator struct {
	Config
	*cluster
	index  int32 // among the cluster's Deployments
	record *replay.Recorder
	seed   uint64

	speed *speed // of the domains that its pods bring
	waits waits

	live        []int32 // pods that are not gone, the oldest first
	serving     []int32 // pods that the balancer knows
	unscheduled []int32 // pods that found no node, the oldest first
	on          []share // what each node has of it
	scheduled   int64   // pods that have a node
	created     int64
	turn        int // the balancer's
	random      uint64

	wanted     int32 // replicas
	autoscaler *hpa.Autoscaler
	reading    hpa.Reading
	arrived    int64 // requests, all together
	arrivals   history
	active     int64      // when KEDA last saw requests
	depth      func() int // messages in the queue and in flight; nil for one that requests start

	inUse, queued int64
	limit         int64 // of a request's whole time
	overLimit     replay.Outcome
	expiring      bool            // an event is set that drops what waited too long
	short         bool            // replicas are missing that an interruption took
	again         []jobRun        // that start again, since their node was taken back
	tries         map[int32]int32 // attempts at runs before, by request

	flow     *flow     // of what a plan leaves out; nil without one
	delivery *delivery // what takes messages from a queue; nil where requests come
}

// newSimulator is a Deployment with a cluster of its own.
func newSimulator(c Config, demand replay.Demand, options replay.Options) *simulator {
	return newCluster().add(c, demand, options)
}

// add adds a Deployment to a cluster.
func (c *cluster) add(config Config, demand replay.Demand, options replay.Options) *simulator {
	s := &simulator{
		Config: config, cluster: c, index: int32(len(c.deployments)), tries: map[int32]int32{}, record: replay.NewRecorder(options), seed: options.Seed,
		waits: newWaits(), wanted: int32(config.Initial), limit: never, speed: newSpeed(config.domainMilliCPU()), on: make([]share, len(c.nodes)),
	}
	c.deployments = append(c.deployments, s)
	if config.Timeout > 0 {
		s.limit, s.overLimit = int64(config.Timeout), replay.TimedOutApp
	}
	if entry := int64(config.EntryTimeout); entry > 0 && entry < s.limit {
		s.limit, s.overLimit = entry, replay.TimedOutEntry
	}
	if config.Jobs != nil { // each has its own pod, and no client that waits
		s.limit = never
	}
	if options.Plan != nil {
		s.leaveOut(demand, options)
	}
	s.begin()
	return s
}

// begin is the cluster when the trace begins: settled.
func (s *simulator) begin() {
	if s.hasNodes() && len(s.nodes) == 0 {
		if s.Nodes.Spot.Share > 0 {
			s.beginSpot(s.seed)
		}
		s.firstNodes()
		s.calendar.add(int64(s.Nodes.Scan), scan, s.index, 0)
	}
	for range s.Initial {
		p := s.newPod()
		s.settle(p)
	}
	if len(s.Autoscaler.Metrics) > 0 {
		s.autoscaler = hpa.New(s.Autoscaler, s.Flags)
		s.reading.Metrics = make([]hpa.Measured, len(s.Autoscaler.Metrics))
		s.calendar.add(int64(s.Flags.SyncPeriod), decide, s.index, 0)
		s.calendar.add(int64(s.Metrics.Phase)%int64(s.Metrics.Resolution), scrape, s.index, 0)
	}
	if s.KEDA != nil {
		s.calendar.add(int64(s.KEDA.Poll), poll, s.index, 0)
	}
	s.record.Set(replay.Wanted, int64(s.wanted))
	s.gauges()
}

func (s *simulator) hasNodes() bool { return s.Nodes.Room != (nodes.Room{}) }

// to advances the clock to at.
func (s *simulator) to(at int64) {
	s.now = at
	s.record.To(at)
}

// next returns the time of the next event.
func (s *simulator) next() int64 {
	return min(s.turns.at, s.waits.first, s.calendar.next())
}

// until handles the events up to a time, in order.
func (s *simulator) until(at int64) {
	for {
		computed, waited, event := s.turns.at, s.waits.first, s.calendar.next()
		switch next := min(computed, waited, event); {
		case next > at:
			return
		case computed == next:
			s.now = next
			s.computed(s.turns.leaf)
		case waited == next:
			s.to(next)
			s.done(s.waits.pop())
		default:
			s.now = next
			s.happen(s.calendar.pop())
		}
	}
}

// arrive sends a request to a pod.
func (s *simulator) arrive(q *replay.Request) {
	if s.Jobs != nil {
		s.startJob(q)
		return
	}
	s.record.Arrive()
	s.arrived++
	p := s.choose()
	if p == none {
		s.blame(replay.InterruptedFailed, nil)
		s.record.Finish(replay.FailedNoPod, 0)
		return
	}
	pod := &s.pods[p]
	switch {
	case pod.stopping: // the balancer does not know yet
		s.blame(replay.InterruptedFailed, pod)
		s.record.Finish(replay.FailedPod, 0)
		return
	case int(pod.active) >= s.Concurrency && int(pod.queued) >= s.Queue:
		s.blame(replay.InterruptedFailed, pod)
		s.record.Finish(replay.FailedQueue, 0)
		return
	}
	pod.taken++
	r := s.requests.place()
	entry := &s.requests.all[r]
	entry.arrived, entry.cpu, entry.wait, entry.pod, entry.next = s.now, q.CPU, q.Wait, p, none
	if int(pod.active) < s.Concurrency {
		s.work(pod, entry, r)
		return
	}
	s.enqueue(pod, r)
}

// choose is the pod that the balancer sends a request to, or none.
func (s *simulator) choose() int32 {
	n := len(s.serving)
	if n == 0 {
		return none
	}
	switch s.Balance {
	case Random:
		i, _ := bits.Mul64(replay.Mix(s.seed^balanceStream, s.random), uint64(n))
		s.random++
		return s.serving[i]
	case LeastOutstanding:
		s.turn++
		if s.turn >= n {
			s.turn = 0
		}
		best, least := int32(none), int32(0)
		for i := range n {
			k := s.turn + i
			if k >= n {
				k -= n
			}
			p := &s.pods[s.serving[k]]
			if outstanding := p.active + p.queued; best == none || outstanding < least {
				best, least = s.serving[k], outstanding
			}
			if least == 0 {
				break
			}
		}
		return best
	case RoundRobin:
	}
	s.turn++
	if s.turn >= n {
		s.turn = 0
	}
	return s.serving[s.turn]
}

// balanceStream keeps its random numbers apart from the others of a seed.
const balanceStream = 0x62616c616e6365

// work lets a pod begin with a request.
func (s *simulator) work(p *pod, q *request, r int32) {
	p.active++
	s.inUse++
	s.record.Set(replay.InUse, s.inUse)
	cpu := q.cpu
	if cpu == 0 {
		s.waitFor(q, r)
		return
	}
	d := &s.domains[p.domain]
	d.advance(s.now)
	p.account(d)
	p.computing++
	d.push(cpu, r)
	s.turns.set(int(p.domain), d.next())
}

// computed takes the request of a domain that is through with its CPU time, and returns whose
// it is.
func (c *cluster) computed(domain int) *simulator {
	d := &c.domains[domain]
	d.advance(c.now)
	r := d.pop()
	q := &c.requests.all[r]
	p := &c.pods[q.pod]
	p.account(d)
	p.computing--
	c.turns.set(domain, d.next())
	s := p.of
	s.record.To(c.now)
	s.record.Add(replay.CPUNanoseconds, q.cpu)
	s.waitFor(q, r)
	return s
}

// waitFor lets a request wait for what is not the CPU.
func (s *simulator) waitFor(q *request, r int32) {
	if q.wait > 0 {
		s.waits.push(s.now+q.wait, r)
		return
	}
	s.done(r)
}

// done ends a request.
func (s *simulator) done(r int32) {
	q := &s.requests.all[r]
	if q.pod == none { // it ended with its pod
		s.requests.drop(r)
		return
	}
	if s.delivery != nil {
		s.delivery.answered(r)
	} else if s.Jobs != nil {
		s.endJob(q)
	} else if latency := s.now - q.arrived; latency > s.limit {
		s.record.Finish(s.overLimit, s.limit)
	} else {
		s.record.Finish(replay.Served, latency)
	}
	p := q.pod
	pod := &s.pods[p]
	s.requests.drop(r)
	pod.active--
	s.inUse--
	s.record.Set(replay.InUse, s.inUse)
	if pod.queued > 0 {
		s.admit(pod)
	}
	if s.delivery != nil {
		s.delivery.opened()
	}
	if pod.stopping && pod.active == 0 {
		s.gone(p)
	}
}

// enqueue lets a request wait for its turn.
func (s *simulator) enqueue(p *pod, r int32) {
	if p.queued == 0 {
		p.head = r
	} else {
		s.requests.all[p.tail].next = r
	}
	p.tail = r
	p.queued++
	s.queued++
	s.record.Set(replay.Queued, s.queued)
	if !s.expiring && s.limit < never {
		s.expiring = true
		s.calendar.add(s.now+expirePeriod, expire, s.index, 0)
	}
}

// expirePeriod is how late it may be seen that a request waited too long. How
// long it waited is exact.
const expirePeriod = 1e9

// dequeue takes the first request of a pod's queue.
func (s *simulator) dequeue(p *pod) int32 {
	r := p.head
	p.head = s.requests.all[r].next
	p.queued--
	s.queued--
	s.record.Set(replay.Queued, s.queued)
	return r
}

// admit takes requests out of a pod's queue while it can work at more.
func (s *simulator) admit(p *pod) {
	for p.queued > 0 && int(p.active) < s.Concurrency {
		r := s.dequeue(p)
		waited := s.now - s.requests.all[r].arrived
		if waited >= s.limit {
			s.tooLate(r)
			continue
		}
		s.blame(replay.InterruptedWaited, p)
		s.record.Waited(waited)
		if s.delivery != nil {
			s.requests.all[r].arrived = s.now // what times out is the work
		}
		s.work(p, &s.requests.all[r], r)
	}
}

// tooLate ends a request that waited for its turn until it timed out.
func (s *simulator) tooLate(r int32) {
	s.blame(replay.InterruptedFailed, nil)
	s.record.Waited(s.limit)
	s.record.Finish(replay.TimedOutQueue, s.limit)
	s.requests.drop(r)
}

// expireQueues drops what has waited too long.
func (s *simulator) expireQueues() {
	for _, i := range s.live {
		p := &s.pods[i]
		for p.queued > 0 && s.now-s.requests.all[p.head].arrived >= s.limit {
			s.tooLate(s.dequeue(p))
		}
	}
	if s.expiring = s.queued > 0; s.expiring {
		s.calendar.add(s.now+expirePeriod, expire, s.index, 0)
	}
}

// happen handles an event.
func (c *cluster) happen(e event) {
	switch e.kind {
	case scan, provision, nodeReady, interrupt, reclaim: // which all Deployments see alike
		s := c.deployments[0]
		s.record.To(c.now)
		s.nodeEvent(e)
	case scrape, decide, poll, expire:
		s := c.deployments[e.which]
		s.record.To(c.now)
		s.ownEvent(e)
	case schedule, running, ready, serve, out, stop, kill, evictRun:
		if p := &c.pods[e.which]; p.life == e.life {
			p.of.record.To(c.now)
			p.of.podEvent(e)
		}
	}
}

// nodeEvent is what happens to nodes.
func (s *simulator) nodeEvent(e event) {
	switch e.kind { //nolint:exhaustive // happen knows the others
	case scan:
		s.scan()
	case provision:
		s.ordering = false
		s.provision()
	case nodeReady:
		s.nodeReady(e.which)
	case interrupt:
		if n := &s.nodes[e.which]; n.ready && n.life == e.life {
			s.interrupt(e.which)
		}
	case reclaim:
		s.reclaim(e.which, e.life)
	}
}

// ownEvent is what happens to one Deployment.
func (s *simulator) ownEvent(e event) {
	switch e.kind { //nolint:exhaustive // happen knows the others
	case scrape:
		s.scrape()
	case decide:
		s.decide()
	case poll:
		s.poll()
	case expire:
		s.expireQueues()
	}
}
