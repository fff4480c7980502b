package kubernetes

import (
	"math"
	"slices"
	"time"

	"ambi/compare/simulate/replay"
)

// flow takes the simulator through what a plan leaves out. No request comes then;
// but the pods use as much CPU as the requests would, so the autoscaler, pods and
// nodes go on as they would: where replicas come to rest within the autoscaler's
// tolerance, and which pod is on which node, depends on hours before, and has to be
// right when requests come again.
//
// Of the requests of a scrape's interval their number is drawn and the CPU time
// that they take; the pods of the balancer share them. What a pod or node cannot do
// waits, for no longer than a request does.
type flow struct {
	*replay.Flow
	at       int64 // up to when pods have used their CPU
	draw     replay.Draw
	mean, sd float64 // of a request's CPU time, in nanoseconds
	wait     float64 // the mean of what it waits
	late     float64 // CPU time of what waits for its turn
	cpu      replay.Distribution

	// Scratch of one use: how long it is of, in nanoseconds, how many requests come, and the CPU
	// time that they want, all together and by pod that serves.
	length float64
	came   int64
	wanted float64
	wants  []float64

	since, counted int64 // when the last scrape was, and the requests up to then
}

// leftOut is what a plan leaves out of the traces of a cluster's Deployments.
type leftOut struct {
	settle    time.Duration
	stretches []replay.Stretch // that are simulated
	on        bool             // no request is simulated
	loads     []float64        // scratch: CPU time that is wanted, by domain
}

// settleRequests is how long before what is counted requests are simulated. All
// else has gone on, so that is until queues and the autoscaler's metrics are theirs.
const settleRequests = 5 * time.Minute

// leaveOut lets a Deployment go through what a plan leaves out.
func (s *simulator) leaveOut(demand replay.Demand, options replay.Options) {
	left := &s.left
	left.settle = max(left.settle, settleRequests)
	for _, limit := range []time.Duration{s.Timeout, s.EntryTimeout} {
		if limit > 0 {
			left.settle = max(left.settle, limit)
		}
	}
	left.stretches, left.on = options.Plan.Stretches(left.settle), true
	s.flow = &flow{
		Flow: options.Plan.Flow(options.Seed), since: never, cpu: demand.CPU, draw: replay.NewDraw(options.Seed ^ flowStream),
		mean: demand.CPU.Mean(), sd: math.Sqrt(demand.CPU.Variance()), wait: demand.Wait.Mean(),
	}
}

// flowStream keeps its random numbers apart from the others of a seed.
const flowStream = 0x6370756f66666c6f

// inside reports whether a time is in the stretch that is being simulated.
func (c *cluster) inside(at int64) bool {
	return !c.left.on && len(c.left.stretches) > 0 && at < c.left.stretches[0].To
}

// reach goes on to when a request comes, through what is left out before it;
// false when the request itself is left out. Until handles events.
func (c *cluster) reach(at int64, until func(int64)) bool {
	left := &c.left
	for len(left.stretches) > 0 {
		switch stretch := left.stretches[0]; {
		case left.on && at < stretch.From:
			return false
		case left.on:
			c.pass(stretch.From, until)
			left.on = false
		case at < stretch.To:
			return true
		default:
			until(stretch.To - 1)
			left.on = true
			for _, s := range c.deployments {
				s.flow.at = stretch.To
			}
			left.stretches = left.stretches[1:]
		}
	}
	return false
}

// pass goes through time in which no request is simulated.
func (c *cluster) pass(to int64, until func(int64)) {
	until(to - 1)
	c.use(to)
	for _, s := range c.deployments {
		s.flow.since = never
	}
}

// use lets pods use the CPU that requests would have taken until now.
func (c *cluster) use(now int64) {
	if !c.left.on || now <= c.deployments[0].flow.at { // all have come as far
		return
	}
	c.left.loads = slices.Grow(c.left.loads[:0], len(c.domains))[:len(c.domains)]
	clear(c.left.loads)
	for _, s := range c.deployments {
		s.want(now)
	}
	for _, s := range c.deployments {
		s.spend()
	}
}

// want finds the CPU time that the requests until now want of each pod.
func (s *simulator) want(now int64) {
	f := s.flow
	from := f.at
	f.at = now
	n := f.Requests(from, now)
	s.arrived += n
	pods := len(s.serving)
	f.wants = slices.Grow(f.wants[:0], pods)[:pods]
	f.came, f.wanted, f.length = n, 0, float64(now-from)
	if pods == 0 {
		f.late = 0 // they failed
		return
	}
	// A pod gets no further than its places allow.
	reach := math.Inf(1)
	if both := f.mean + f.wait; both > 0 {
		reach = float64(s.Concurrency) * f.length * (f.mean / both)
	}
	late := f.late / float64(pods)
	left := n
	for k := range pods {
		i := (s.turn + k) % pods
		pod := &s.pods[s.serving[i]]
		share := (left + int64(pods-k) - 1) / int64(pods-k) // in turn
		if s.Balance == Random {
			share = int64(f.draw.Binomial(float64(left), 1/float64(pods-k), 1))
		}
		left -= share
		pod.taken += share
		work := f.work(share) + late
		f.wanted += work
		work = min(work, reach)
		f.wants[i] = work
		s.left.loads[pod.domain] += work
	}
	s.turn = (s.turn + int(n%int64(pods))) % pods
}

// spend lets each pod have what its domain has for it.
func (s *simulator) spend() {
	f := s.flow
	pods := len(s.serving)
	if pods == 0 {
		return
	}
	done := 0.0
	for i, place := range s.serving {
		pod := &s.pods[place]
		work := f.wants[i]
		if room := f.length * float64(s.domains[pod.domain].speed.milli) / 1000; s.left.loads[pod.domain] > room {
			work *= room / s.left.loads[pod.domain]
		}
		pod.used += int64(work * units)
		done += work
	}
	// A queue is full at some time, and no request waits in it beyond the limit.
	f.late = min(f.wanted-done, float64(pods*(s.Queue+s.Concurrency))*f.mean)
	if s.limit < never {
		f.late = min(f.late, float64(f.came)/f.length*float64(s.limit)*f.mean)
	}
}

// work is the CPU time that some requests take, in nanoseconds.
func (f *flow) work(requests int64) float64 {
	const few = 16
	if requests > few {
		return max(0, float64(float64(requests)*f.mean)+float64(float64(math.Sqrt(float64(requests))*f.sd)*f.draw.Normal()))
	}
	sum := int64(0)
	for range requests {
		sum += f.cpu.At(f.draw.Uint64())
	}
	return float64(sum)
}

// saw lets the flow know how much requests vary, at each scrape.
func (s *simulator) saw() {
	f := s.flow
	if f == nil || s.left.on {
		return
	}
	if f.since < s.now {
		f.Saw(f.since, s.now, s.arrived-f.counted)
	}
	f.since, f.counted = s.now, s.arrived
}
