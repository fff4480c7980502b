package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"math"

	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
)

// Delivery is how a queue's messages reach the pods: a delivery container in each, or the app
// itself, receives up to Receive of them, as soon as it has handed all of the last ones on, and
// the pod works on up to its concurrency at once. A message that the pod does not answer within
// the Config's Timeout is shown again after the queue's visibility timeout; the pod does not
// know, and goes on. A pod that is deleted receives no more; what it has received and not begun
// comes back, too.
type Delivery struct {
	Queue   queue.Config
	Receive int // the most messages of one receive
}

// Check says everything that is wrong with a delivery.
func (d *Delivery) Check() error {
	err := d.Queue.Check()
	if d.Receive < 1 || d.Receive > 10 {
		err = errors.Join(err, fmt.Errorf("a receive must give 1 to 10 messages, got %d", d.Receive))
	}
	return err
}

// RunMessages simulates pods that a queue's messages reach. The arrivals of the trace are the
// messages that are sent. Replicas that follow hpa.TotalPerPod follow the messages in the queue,
// those in flight included, in thousandths.
func RunMessages(ctx context.Context, config Config, from Delivery, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
	if err := errors.Join(config.Check(), from.Check()); err != nil {
		return replay.Result{}, err
	}
	requests := config.settleMessages(replay.RequestsOf(source, demand), demand)
	d := newCluster().addDelivery(config, from, demand, options)
	s := d.simulator
	loop := replay.NewLoop(ctx, requests, options)
	for loop.Next() {
		d.until(loop.At)
		s.to(loop.At)
		d.queue.Send(loop.At, loop.Request)
		d.receive()
	}
	if err := loop.Err(); err != nil {
		return replay.Result{}, err
	}
	at := loop.At
	switch {
	case loop.Partial:
	case loop.Limited():
		at = loop.End
		d.until(at - 1)
	default:
		for d.queue.Depth() > 0 {
			at = min(s.next(), d.queue.Next())
			d.until(at)
		}
	}
	result := s.result(at, options)
	result.Partial = loop.Partial
	return result, nil
}

// addDelivery adds a Deployment that takes messages to a cluster.
func (c *cluster) addDelivery(config Config, from Delivery, demand replay.Demand, options replay.Options) *delivery {
	s := c.add(config, demand, options)
	s.limit = never // a client does not wait for a message
	d := &delivery{simulator: s, queue: queue.New(from.Queue, s.record), atOnce: from.Receive, timeout: never}
	if config.Timeout > 0 {
		d.timeout = int64(config.Timeout)
	}
	s.delivery, s.depth = d, d.queue.Depth
	return d
}

// settleMessages is settle for messages.
func (c *Config) settleMessages(requests replay.Requests, demand replay.Demand) replay.Requests {
	if c.Initial != Settled {
		return requests
	}
	rate, same := replay.Opening(requests)
	c.Initial = c.settledMessages(rate, demand)
	return same
}

// settledMessages is how many replicas there are where the messages of the trace's first minute
// came before it, too: as many as the autoscaler asks for, and as work on them.
func (c *Config) settledMessages(rate float64, demand replay.Demand) int {
	if len(c.Autoscaler.Metrics) == 0 {
		return 1
	}
	if c.KEDA != nil && rate == 0 {
		return 0
	}
	work := rate * (demand.Wait.Mean() + demand.CPU.Mean()) / 1e9
	replicas := work / float64(c.Concurrency)
	for _, m := range c.Autoscaler.Metrics {
		if m.Kind == hpa.TotalPerPod {
			replicas = max(replicas, work*1000/float64(m.Target))
		} else {
			replicas = max(replicas, float64(c.settled(rate, demand.CPU.Mean()/1e9)))
		}
	}
	return int(min(max(math.Ceil(replicas), float64(c.Autoscaler.Min)), float64(c.Autoscaler.Max)))
}

// delivery is a queue and what pods have received from it.
type delivery struct {
	*simulator
	queue    *queue.Queue
	atOnce   int
	timeout  int64
	received []*queue.Message // by the place of their request
	turn     int              // the pod that receives next
	full     bool             // no pod receives, until one may again
}

// until handles the events up to a time, in order.
func (d *delivery) until(at int64) {
	for {
		own := d.queue.Next()
		next := min(own, d.next())
		if next > at {
			return
		}
		if own > next {
			d.simulator.until(next)
			continue
		}
		d.to(own)
		d.queue.Happen(own)
		d.receive()
	}
}

// opened lets pods receive again, since one of them may.
func (d *delivery) opened() {
	d.full = false
	d.receive()
}

// receive lets pods receive what waits, in turn, while any of them does.
func (d *delivery) receive() {
	for !d.full && d.queue.Waiting() > 0 {
		p := d.receiver()
		if p == none {
			d.full = true
			break
		}
		d.queue.Received()
		for n := 0; n < d.atOnce && d.queue.Waiting() > 0; n++ {
			d.hand(p, d.queue.Receive(d.now))
		}
	}
	d.record.Set(replay.Queued, d.queued+int64(d.queue.Waiting()))
}

// receiver is the pod that receives next, one that has handed on all that it received before;
// none while there is none.
func (d *delivery) receiver() int32 {
	n := len(d.serving)
	for range n {
		d.turn++
		if d.turn >= n {
			d.turn = 0
		}
		i := d.serving[d.turn]
		if p := &d.pods[i]; !p.leaving && p.queued == 0 {
			return i
		}
	}
	return none
}

// hand gives a pod a message, which it begins with or which waits there.
func (d *delivery) hand(i int32, m *queue.Message) {
	r := d.requests.place()
	entry := &d.requests.all[r]
	entry.arrived, entry.cpu, entry.wait, entry.pod, entry.next = d.now, m.CPU, m.Wait, i, none
	for len(d.received) <= int(r) {
		d.received = append(d.received, nil)
	}
	d.received[r] = m
	p := &d.pods[i]
	if int(p.active) < d.Concurrency {
		d.work(p, entry, r)
		return
	}
	d.enqueue(p, r)
}

// answered is told that the work at a message ended.
func (d *delivery) answered(r int32) {
	m := d.received[r]
	d.received[r] = nil
	if d.now-d.requests.all[r].arrived > d.timeout {
		d.queue.Return(d.now, m)
		return
	}
	d.queue.Answer(d.now, m)
}

// lost is told that a message's pod was stopped.
func (d *delivery) lost(r int32) {
	d.queue.Return(d.now, d.received[r])
	d.received[r] = nil
}

// leave returns what a pod has received and not begun.
func (d *delivery) leave(p *pod) {
	for p.queued > 0 {
		r := d.dequeue(p)
		d.lost(r)
		d.requests.drop(r)
	}
}
