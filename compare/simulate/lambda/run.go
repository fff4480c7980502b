package lambda

import (
	"context"
	"math/bits"

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
	s := newSimulator(config, demand, options)
	loop := replay.NewLoop(ctx, requests, options)
	for loop.Next() {
		s.until(loop.At)
		s.record.To(loop.At)
		s.record.Arrive()
		s.try(loop.At, loop.Request, loop.Number, 1)
	}
	if err := loop.Err(); err != nil {
		return replay.Result{}, err
	}
	at := loop.At
	switch {
	case loop.Partial:
	case loop.Limited():
		at = loop.End
		s.until(at - 1)
	default:
		at = s.drain(at)
	}
	result := s.result(at, options)
	result.Partial = loop.Partial
	return result, nil
}

// simulator is the state of a run.
type simulator struct {
	Config
	record *replay.Recorder
	end    int64 // of the run; never when it is drained
	speed  uint64
	start  int64 // of the app, at this memory

	busy     calendar // environments that work
	waiting  idle
	ready    int64 // provisioned environments that wait
	reserved int64 // provisioned environments, all of them
	onDemand int64 // environments that work and are not provisioned
	pool     *pool // that their concurrency comes from
	again    retries

	api     *limiter
	scaling limiter

	timeout, apiTimeout, keepAlive int64
	overLimit                      replay.Outcome
	seed                           uint64
	starts, jitters                uint64 // random numbers drawn
	unanswered                     int64  // at the end
}

func newSimulator(c Config, demand replay.Demand, options replay.Options) *simulator {
	s := &simulator{
		Config: c, record: replay.NewRecorder(options), end: never, speed: c.speed(),
		ready: int64(c.Provisioned), reserved: int64(c.Provisioned), pool: newPool(c),
		api: new(newLimiter(c.API)), scaling: newLimiter(c.Scaling),
		timeout: int64(c.Timeout), apiTimeout: int64(c.APITimeout), keepAlive: int64(c.KeepAlive),
		overLimit: replay.ThrottledConcurrency, seed: options.Seed,
	}
	if end := options.End(); end > 0 {
		s.end = end
	}
	if c.APITimeout == 0 {
		s.apiTimeout = never
	}
	if c.Reserved > 0 {
		s.overLimit = replay.ThrottledReserved
	}
	s.start = s.stretched(int64(c.Start))
	s.busy = newCalendar(demand.Wait.Mean() + float64(s.stretched(int64(demand.CPU.Mean()))))
	// The last used one served just now, the others at even times before.
	for i := range int64(c.Warm) {
		s.waiting.push(-s.keepAlive / int64(c.Warm) * (int64(c.Warm) - 1 - i))
	}
	s.environments()
	return s
}

// stretched is how long CPU time takes at this memory.
func (s *simulator) stretched(cpu int64) int64 {
	high, low := bits.Mul64(uint64(cpu), s.speed)
	return int64(high<<32 | low>>32)
}

// next is the time of the next event.
func (s *simulator) next() int64 {
	next := min(s.busy.next(), s.again.next())
	if s.waiting.count > 0 {
		next = min(next, s.waiting.oldest()+s.keepAlive)
	}
	return next
}

// until handles the events up to a time, in order.
func (s *simulator) until(at int64) {
	for {
		expiry := int64(never)
		if s.waiting.count > 0 {
			expiry = s.waiting.oldest() + s.keepAlive
		}
		done, again := s.busy.next(), s.again.next()
		switch next := min(expiry, done, again); {
		case next > at:
			return
		case done == next:
			s.done()
		case expiry == next:
			s.record.To(expiry)
			s.waiting.expire()
			s.record.Add(replay.Stopped, 1)
			s.environments()
		default:
			r := s.again.pop()
			s.record.To(r.at)
			s.record.Add(replay.Retries, 1)
			s.try(r.at, &r.request, r.number, r.attempt)
		}
	}
}

// drain goes on until every request was answered, and returns when that was.
func (s *simulator) drain(at int64) int64 {
	for s.busy.count > 0 || len(s.again.heap) > 0 {
		at = min(s.busy.next(), s.again.next())
		s.until(at)
	}
	return at
}

// done frees the environment that is ready first.
func (s *simulator) done() {
	entry := s.busy.pop()
	at := entry >> kindBits
	s.record.To(at)
	s.freed(at, entry&kindMask)
	s.record.Set(replay.InUse, int64(s.busy.count))
}

// freed lets an environment become what the end of its work makes of it.
func (s *simulator) freed(at, kind int64) {
	switch kind {
	case idleAgain:
		s.occupy(-1)
		s.waiting.push(at)
	case provisioned:
		s.ready++
		s.record.Set(replay.Provisioned, s.reserved-s.ready)
	case lost:
		s.occupy(-1)
		s.record.Add(replay.Stopped, 1)
		s.environments()
	}
}

// occupy counts environments that begin to work on demand, or end.
func (s *simulator) occupy(n int64) {
	s.onDemand += n
	s.pool.used += n
}

// environments sets the gauges of how many there are.
func (s *simulator) environments() {
	n := s.reserved + s.onDemand + int64(s.waiting.count)
	s.record.Set(replay.Capacity, n)
	s.record.Set(replay.Instances, n)
}

// try lets a request in, or turns it away.
func (s *simulator) try(at int64, q *replay.Request, number int64, attempt int) {
	pool := s.pool
	switch {
	case s.api.each > 0 && !s.api.take(at):
		s.refuse(replay.ThrottledAPI, at, q, number, attempt)
	case pool.rate.each > 0 && !pool.rate.take(at):
		s.refuse(replay.ThrottledRate, at, q, number, attempt)
	case s.ready > 0:
		s.ready--
		s.record.Set(replay.Provisioned, s.reserved-s.ready)
		s.record.Add(replay.ProvisionedServed, 1)
		s.serve(at, q, provisioned)
	case pool.used >= pool.limit:
		// What is provisioned counts whether it is in use or not.
		s.refuse(s.overLimit, at, q, number, attempt)
	case s.waiting.count > 0:
		s.waiting.count--
		s.occupy(1)
		s.serve(at, q, idleAgain)
	case s.scaling.each > 0 && !s.scaling.take(at):
		s.refuse(replay.ThrottledScaling, at, q, number, attempt)
	default:
		s.occupy(1)
		s.cold(at, q)
	}
}

// serve lets an environment that is there work.
func (s *simulator) serve(at int64, q *replay.Request, kind int64) {
	work := q.Wait + s.stretched(q.CPU)
	outcome := replay.Served
	if work > s.timeout {
		work, outcome = s.timeout, replay.TimedOutApp
		if kind == idleAgain {
			kind = lost
		}
	}
	meter := replay.BilledMS
	if kind == provisioned {
		meter = replay.ProvisionedMS
	}
	s.record.Add(meter, milliseconds(work))
	s.finish(at, q.At, work, outcome, kind)
}

// cold starts an environment and lets it work.
func (s *simulator) cold(at int64, q *replay.Request) {
	if s.Cold != nil {
		s.started()
		work := s.Cold.At(replay.Mix(s.seed^startStream, 2*s.starts))
		s.starts++
		s.record.Add(replay.BilledMS, milliseconds(work))
		s.finish(at, q.At, work, replay.Served, idleAgain)
		return
	}
	placement, start := s.coldStart()
	work := q.Wait + s.stretched(q.CPU)
	outcome, kind := replay.Served, int64(idleAgain)
	if work > s.timeout {
		work, outcome, kind = s.timeout, replay.TimedOutApp, lost
	}
	// The start and the work are billed as one.
	billed := milliseconds(work)
	s.record.Add(replay.BilledMS, billed)
	s.record.Add(replay.InitMS, milliseconds(start+work)-billed)
	s.finish(at, q.At, placement+start+work, outcome, kind)
}

// started counts an environment that starts.
func (s *simulator) started() {
	s.record.Add(replay.ColdStarts, 1)
	s.record.Add(replay.Started, 1)
	s.environments()
}

// coldStart starts an environment: how long it takes until it is there, and until it can work.
func (s *simulator) coldStart() (placement, start int64) {
	s.started()
	placement = s.Placement.At(replay.Mix(s.seed^startStream, 2*s.starts))
	start = s.Init.At(replay.Mix(s.seed^startStream, 2*s.starts+1)) + s.start
	s.starts++
	return placement, start
}

// finish records how a request will end that an environment works at for a time.
func (s *simulator) finish(at, first, work int64, outcome replay.Outcome, kind int64) {
	s.busy.push(at, (at+work)<<kindBits|kind)
	s.record.Set(replay.InUse, int64(s.busy.count))
	if work > s.apiTimeout {
		// The client is told; the function does not know, and goes on.
		work, outcome = s.apiTimeout, replay.TimedOutEntry
	}
	if at+work >= s.end {
		s.unanswered++
		return
	}
	s.record.Finish(outcome, at+work-first)
}

// refuse turns a request away, which may come again.
func (s *simulator) refuse(cause replay.Outcome, at int64, q *replay.Request, number int64, attempt int) {
	s.record.Add(replay.Refusals, 1)
	if attempt >= s.Retry.Attempts {
		s.record.Finish(cause, 0)
		return
	}
	longest := uint64(min(s.Retry.Base<<min(attempt-1, maxAttempts), s.Retry.Max))
	wait, _ := bits.Mul64(replay.Mix(s.seed^jitterStream, s.jitters), longest)
	s.jitters++
	s.again.push(retry{at + int64(wait), number, attempt + 1, *q})
}

// Each keeps its random numbers apart from the others of a seed.
const (
	startStream  = 0x636f6c64
	jitterStream = 0x6a6974746572
)

// milliseconds rounds up to what is billed.
func milliseconds(nanoseconds int64) int64 {
	return int64((uint64(nanoseconds) + 999_999) / 1_000_000)
}
