package lambda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"ambi/compare/price/cost"
	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
	"ambi/target/lambda"
)

// Mapping is the event source mapping of a queue: what invokes the function with batches of
// messages.
//
// A mapping begins with Start batches at once. While messages wait for a place, it adds
// PerSecond more, up to MaximumConcurrency; while places are free, it takes as many away. AWS
// documents how it grows, and not how it shrinks: that is our reading. A batch is what one
// receive gives, or, with a Window, what came within it; one batch is gathered at a time. The
// messages of a batch are handled one after the other. An invocation that times out returns
// all of them.
type Mapping struct {
	Queue              queue.Config
	Batch              int           // the most messages of an invocation
	Window             time.Duration // that a batch is gathered for
	MaximumConcurrency int
	Start              int // batches at once, to begin with
	PerSecond          int
}

// MappingOf is a mapping with Lambda's scaling of it.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
func MappingOf(events lambda.Events, q queue.Config) Mapping {
	return Mapping{
		Queue: q, Batch: events.Batch, Window: time.Duration(events.WindowSeconds) * time.Second,
		MaximumConcurrency: events.MaximumConcurrency, Start: lambda.Pollers, PerSecond: lambda.MappingPerMinute / 60,
	}
}

// Check says everything that is wrong with a mapping.
func (m *Mapping) Check() error {
	problems := []error{m.Queue.Check()}
	for _, x := range []struct {
		name  string
		value int
		most  int
	}{
		{"the batch", m.Batch, 10_000},
		{"maximum concurrency", m.MaximumConcurrency, maxConcurrency},
		{"the batches at once to begin with", m.Start, maxConcurrency},
		{"the batches added a second", m.PerSecond, 1000},
	} {
		if x.value < 1 || x.value > x.most {
			problems = append(problems, fmt.Errorf("%s must be 1 to %d, got %d", x.name, x.most, x.value))
		}
	}
	if m.Window < 0 || m.Window > 5*time.Minute {
		problems = append(problems, fmt.Errorf("the window must be 0s to 5m, got %s", m.Window))
	}
	return errors.Join(problems...)
}

// RunMessages simulates a function that a queue's messages start. The arrivals of the trace are
// the messages that are sent.
func RunMessages(ctx context.Context, config Config, mapping Mapping, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
	if err := errors.Join(config.Check(), mapping.Check()); err != nil {
		return replay.Result{}, err
	}
	places, start, requests := config.open(mapping, replay.RequestsOf(source, demand), demand)
	c := newConsumer(config, mapping, places, start, options)
	loop := replay.NewLoop(ctx, requests, options)
	for loop.Next() {
		c.until(loop.At)
		c.arrive(loop)
	}
	if err := loop.Err(); err != nil {
		return replay.Result{}, err
	}
	at := loop.At
	switch {
	case loop.Partial:
	case loop.Limited():
		at = loop.End
		c.until(at - 1)
	default:
		for c.queue.Depth() > 0 {
			at = c.next()
			c.until(at)
		}
	}
	result := c.result(at, options)
	result.Partial = loop.Partial
	return result, nil
}

// open is how many batches at once a mapping may have, and has to begin with; it may read the
// requests ahead, and returns what gives the same.
func (c *Config) open(m Mapping, requests replay.Requests, demand replay.Demand) (places, start int, same replay.Requests) {
	places = min(m.MaximumConcurrency, lambda.MaxMappingConcurrency, c.limit())
	if c.Warm != Settled {
		return places, min(m.Start, places), requests
	}
	start, same = c.settleMessages(m, places, requests, demand)
	return places, start, same
}

// settleMessages is what there is where the messages of the trace's first minute came before it,
// too: the batches at once that the mapping has grown to, and the environments.
func (c *Config) settleMessages(m Mapping, places int, requests replay.Requests, demand replay.Demand) (start int, same replay.Requests) {
	rate, same := replay.Opening(requests)
	batch := 1.0
	if m.Window > 0 {
		batch = min(float64(m.Batch), max(1, rate*m.Window.Seconds()))
	}
	at := simulator{speed: c.speed()}
	each := time.Duration(demand.Wait.Mean()) + time.Duration(at.stretched(int64(demand.CPU.Mean())))
	busy := min(time.Duration(float64(each)*batch), c.Timeout)
	there := cost.Environments(rate/batch, busy, c.KeepAlive, c.Provisioned)
	c.Warm = int(min(math.Round(there), float64(max(0, places-c.Provisioned))))
	work := math.Ceil(rate / batch * busy.Seconds())
	return int(min(max(work, float64(m.Start)), float64(places))), same
}

// consumer is the state of a run: a function and its event source mapping.
type consumer struct {
	simulator // for its environments and the time that work takes
	mapping   Mapping
	queue     *queue.Queue
	now       int64

	places    int64 // the most batches at once
	step      int64 // nanoseconds until there is one more
	grown     int64 // the batches at once that there are now, times step
	since     int64 // when that was so
	limited   bool  // messages wait, and no place is free
	starved   bool  // a batch would start, and there is no concurrency for it
	gathering []*queue.Message
	gathered  int64 // when the window of that batch ends; never without one
	due       bool  // it ended, and the batch waits for concurrency
	ends      replay.Heap[ending]
	spare     [][]*queue.Message
	number    int64
}

// ending is an invocation and when it ends.
type ending struct {
	at, number int64
	kind       int64
	late       bool // it timed out
	batch      []*queue.Message
}

func (e ending) before(other ending) bool {
	return e.at < other.at || e.at == other.at && e.number < other.number
}

func newConsumer(c Config, m Mapping, places, start int, options replay.Options) *consumer {
	x := &consumer{
		simulator: *newSimulator(c, replay.Demand{}, options), mapping: m, places: int64(places), step: int64(time.Second) / int64(m.PerSecond),
		gathered: never,
	}
	x.grown = int64(start) * x.step
	x.queue = queue.New(m.Queue, x.record)
	return x
}

func (c *consumer) to(at int64) {
	c.now = at
	c.record.To(at)
}

// next is the time of the next event.
func (c *consumer) next() int64 {
	next := min(c.queue.Next(), c.gathered, c.grows())
	if len(c.ends) > 0 {
		next = min(next, c.ends[0].at)
	}
	if c.waiting.count > 0 {
		next = min(next, c.waiting.oldest()+c.keepAlive)
	}
	return next
}

// until handles the events up to a time, in order.
func (c *consumer) until(at int64) {
	for {
		next := c.next()
		if next > at {
			return
		}
		c.to(next)
		switch {
		case len(c.ends) > 0 && c.ends[0].at == next:
			c.end(c.ends.Pop(ending.before))
		case c.gathered == next:
			c.gathered, c.due = never, true
		case c.queue.Next() == next:
			c.queue.Happen(next)
		case c.waiting.count > 0 && c.waiting.oldest()+c.keepAlive == next:
			c.waiting.expire()
			c.record.Add(replay.Stopped, 1)
			c.environments()
		}
		c.invoke()
	}
}

// busyPlaces is how many invocations there are, with the one that is gathered.
func (c *consumer) busyPlaces() int64 {
	n := int64(len(c.ends))
	if len(c.gathering) > 0 {
		n++
	}
	return n
}

// grow brings the batches at once up to the present.
func (c *consumer) grow() {
	passed := c.now - c.since
	c.since = c.now
	if c.limited {
		c.grown = min(c.places*c.step, c.grown+passed)
		return
	}
	least := min(c.places, max(int64(c.mapping.Start), c.busyPlaces())) * c.step
	c.grown = max(min(least, c.grown), c.grown-passed)
}

// grows is when there is one batch at once more; never while none is needed.
func (c *consumer) grows() int64 {
	if !c.limited || c.grown/c.step >= c.places {
		return never
	}
	return c.since + c.step - c.grown%c.step
}

// room reports whether there is concurrency for one more invocation.
func (c *consumer) room() bool { return c.ready > 0 || c.pool.used < c.pool.limit }

// invoke starts as many invocations as messages, places and the concurrency allow.
func (c *consumer) invoke() {
	c.grow()
	if c.due && c.room() {
		c.start()
	}
	wanted := func() bool {
		return c.queue.Waiting() > 0 && (c.busyPlaces() < max(c.grown/c.step, 1) || len(c.gathering) > 0)
	}
	for c.room() && wanted() {
		if !c.gather() {
			break
		}
		c.start()
	}
	c.starved = !c.room() && (c.due || wanted())
	c.limited = c.queue.Waiting() > 0
	c.record.Set(replay.Queued, int64(c.queue.Waiting()))
}

// gather adds messages that wait to the batch; true when it is to be handled.
func (c *consumer) gather() bool {
	if c.gathering == nil {
		if n := len(c.spare); n > 0 {
			c.gathering, c.spare = c.spare[n-1], c.spare[:n-1]
		}
	}
	if len(c.gathering) == 0 && c.mapping.Window > 0 {
		c.gathered = c.now + int64(c.mapping.Window)
	}
	for c.queue.Waiting() > 0 && len(c.gathering) < c.mapping.Batch {
		if len(c.gathering)%receive == 0 {
			c.queue.Received()
		}
		c.gathering = append(c.gathering, c.queue.Receive(c.now))
	}
	return c.mapping.Window == 0 || len(c.gathering) == c.mapping.Batch
}

// receive is the most messages of one receive.
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
const receive = 10

// start invokes the function with the batch.
func (c *consumer) start() {
	batch := c.gathering
	c.gathering, c.gathered, c.due = nil, never, false
	c.queue.Invoked()
	c.number++
	e := ending{number: c.number, kind: idleAgain, batch: batch}
	work := int64(0)
	for _, m := range batch {
		work += m.Wait + c.stretched(m.CPU)
	}
	if work > c.timeout {
		work, e.late, e.kind = c.timeout, true, lost
	}
	billed := milliseconds(work)
	switch {
	case c.ready > 0:
		c.ready--
		e.at, e.kind = c.now+work, provisioned
		c.record.Set(replay.Provisioned, c.reserved-c.ready)
		c.record.Add(replay.ProvisionedServed, 1)
		c.record.Add(replay.ProvisionedMS, billed)
	case c.waiting.count > 0:
		c.waiting.count--
		c.occupy(1)
		e.at = c.now + work
		c.record.Add(replay.BilledMS, billed)
	default:
		c.occupy(1)
		placement, start := c.coldStart()
		c.record.Add(replay.BilledMS, billed)
		c.record.Add(replay.InitMS, milliseconds(start+work)-billed)
		e.at = c.now + placement + start + work
	}
	c.ends.Push(e, ending.before)
	c.record.Set(replay.InUse, int64(len(c.ends)))
}

// end ends an invocation.
func (c *consumer) end(e ending) {
	for i, m := range e.batch {
		if e.late {
			c.queue.Return(c.now, m)
		} else {
			c.queue.Answer(c.now, m)
		}
		e.batch[i] = nil
	}
	c.spare = append(c.spare, e.batch[:0])
	c.freed(c.now, e.kind)
	c.record.Set(replay.InUse, int64(len(c.ends)))
}
