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
	stretches []replay.Stretch // that are simulated
	on        bool
	at        int64 // up to when pods have used their CPU
	draw      replay.Draw
	mean, sd  float64 // of a request's CPU time, in nanoseconds
	wait      float64 // the mean of what it waits
	late      float64 // CPU time of what waits for its turn
	cpu       replay.Distribution

	wants, loads []float64 // scratch: CPU time, by pod that serves and by domain

	since, counted int64 // when the last scrape was, and the requests up to then
}

// settleRequests is how long before what is counted requests are simulated. All
// else has gone on, so that is until queues and the autoscaler's metrics are theirs.
const settleRequests = 5 * time.Minute

func newFlow(c *Config, demand replay.Demand, options replay.Options) *flow {
	settle := settleRequests
	for _, limit := range []time.Duration{c.Timeout, c.EntryTimeout} {
		if limit > 0 {
			settle = max(settle, limit)
		}
	}
	return &flow{
		Flow: options.Plan.Flow(options.Seed), stretches: options.Plan.Stretches(settle),
		on: true, since: never, cpu: demand.CPU, draw: replay.NewDraw(options.Seed ^ flowStream),
		mean: demand.CPU.Mean(), sd: math.Sqrt(demand.CPU.Variance()), wait: demand.Wait.Mean(),
	}
}

// flowStream keeps its random numbers apart from the others of a seed.
const flowStream = 0x6370756f66666c6f

// simulated goes on to when a request comes, through what is left out before it;
// false when the request itself is left out.
func (s *simulator) simulated(at int64) bool {
	f := s.flow
	for len(f.stretches) > 0 {
		switch stretch := f.stretches[0]; {
		case f.on && at < stretch.From:
			return false
		case f.on:
			s.pass(stretch.From)
			f.on = false
		case at < stretch.To:
			return true
		default:
			s.until(stretch.To - 1)
			f.on, f.at = true, stretch.To
			f.stretches = f.stretches[1:]
		}
	}
	return false
}

// pass goes through time in which no request is simulated.
func (s *simulator) pass(to int64) {
	s.until(to - 1)
	s.use(to)
	s.flow.since = never
}

// use lets pods use the CPU that requests would have taken until now.
func (s *simulator) use(now int64) {
	f := s.flow
	if f == nil || !f.on || now <= f.at {
		return
	}
	from := f.at
	f.at = now
	n := f.Requests(from, now)
	s.arrived += n
	pods := len(s.serving)
	if pods == 0 {
		f.late = 0 // they failed
		return
	}
	length := float64(now - from)
	// A pod gets no further than its places allow.
	reach := math.Inf(1)
	if both := f.mean + f.wait; both > 0 {
		reach = float64(s.Concurrency) * length * (f.mean / both)
	}
	late := f.late / float64(pods)
	f.wants = slices.Grow(f.wants[:0], pods)[:pods]
	f.loads = slices.Grow(f.loads[:0], len(s.domains))[:len(s.domains)]
	clear(f.loads)
	wanted, left := 0.0, n
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
		wanted += work
		work = min(work, reach)
		f.wants[i] = work
		f.loads[pod.domain] += work
	}
	s.turn = (s.turn + int(n%int64(pods))) % pods
	done := 0.0
	for i, place := range s.serving {
		pod := &s.pods[place]
		work := f.wants[i]
		if room := length * float64(s.domains[pod.domain].speed.milli) / 1000; f.loads[pod.domain] > room {
			work *= room / f.loads[pod.domain]
		}
		pod.used += int64(work * units)
		done += work
	}
	// A queue is full at some time, and no request waits in it beyond the limit.
	f.late = min(wanted-done, float64(pods*(s.Queue+s.Concurrency))*f.mean)
	if s.limit < never {
		f.late = min(f.late, float64(n)/length*float64(s.limit)*f.mean)
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
	if f == nil || f.on {
		return
	}
	if f.since < s.now {
		f.Saw(f.since, s.now, s.arrived-f.counted)
	}
	f.since, f.counted = s.now, s.arrived
}
