// Package queue simulates a queue in SQS, message by message: what waits, what is hidden while
// a consumer works on it, what comes back after the visibility timeout, and what becomes a dead
// letter.
//
//	q := queue.New(queue.Config{Visibility: time.Minute, Attempts: 5, Retention: 4 * 24 * time.Hour}, recorder)
//	q.Send(at, request)
//	m := q.Receive(at)   // while q.Waiting() > 0
//	q.Answer(at, m)      // its work ended: it is deleted, or shown again later
//
// The simulators of both targets share it, so that a message that fails on one fails on the
// other, at the same attempt. It knows neither of them.
//
// Messages wait in the order in which they became visible, which is about what a standard queue
// does; SQS promises no order. A message is received at most as often as Attempts says: when the
// visibility timeout of the last attempt ends, it becomes a dead letter. Messages that wait for
// longer than Retention are deleted.
package queue

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ambi/compare/simulate/replay"
)

// Config is how a queue is set up.
type Config struct {
	Visibility time.Duration // from a receive until a message that was not deleted is shown again
	Retention  time.Duration // after which a message that waits is deleted
	Attempts   int           // receives of a message before it becomes a dead letter
	// Failures is the part of the attempts that fail. Which ones they are depends on Seed, the
	// message and the attempt.
	Failures float64
	Seed     uint64
}

// Check says everything that is wrong with a configuration.
func (c Config) Check() error {
	var problems []error
	fail := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	fail(c.Visibility > 0 && c.Visibility <= 12*time.Hour, "the visibility timeout must be up to 12h, got %s", c.Visibility)
	fail(c.Retention >= time.Minute && c.Retention <= longest, "the retention must be 1m to 14d, got %s", c.Retention)
	fail(c.Attempts >= 1 && c.Attempts <= 1000, "attempts must be 1 to 1000, got %d", c.Attempts)
	fail(c.Failures >= 0 && c.Failures < 1, "the part of the attempts that fail must be 0 to less than 1, got %v", c.Failures)
	return errors.Join(problems...)
}

const longest = 14 * 24 * time.Hour // SQS keeps no message longer

// Message is one that was sent and is neither deleted nor a dead letter.
type Message struct {
	Number    int64 // of those that were sent
	Sent      int64 // nanoseconds since the trace began
	Wait, CPU int64 // that its work takes
	received  int64 // when the latest attempt began
	attempts  int
	gone      bool
}

// Queue is a queue at work.
type Queue struct {
	Config
	record *replay.Recorder
	failed uint64 // a random number below it is an attempt that fails

	messages ring[*Message] // that are not gone, and some that are; the oldest first
	waiting  ring[*Message]
	hidden   replay.Heap[back]
	free     []*Message
	depth    int
	second   int64 // when the age is read next

	ages, times *histogram
	result      replay.Messages
	backlog     int64 // since when messages wait; none while none does
	there       float64
	changed     int64 // when depth last changed
}

// back is when a message is shown again.
type back struct {
	at      int64
	message *Message
}

func (b back) before(other back) bool {
	return b.at < other.at || b.at == other.at && b.message.Number < other.message.Number
}

const (
	none   = -1
	never  = math.MaxInt64
	second = int64(time.Second)
	// failStream keeps its random numbers apart from the others of a seed.
	failStream = 0x6661696c
)

// New is an empty queue, which reports to a recorder.
func New(c Config, record *replay.Recorder) *Queue {
	return &Queue{
		Config: c, record: record, failed: uint64(c.Failures * (1 << 53)), backlog: none, second: second,
		ages: newHistogram(), times: newHistogram(),
	}
}

// Waiting is how many messages can be received.
func (q *Queue) Waiting() int { return q.waiting.count }

// Depth is how many messages there are, with those in flight. KEDA counts them.
func (q *Queue) Depth() int { return q.depth }

// Send adds a message.
func (q *Queue) Send(at int64, r *replay.Request) {
	var m *Message
	if n := len(q.free); n > 0 {
		m, q.free = q.free[n-1], q.free[:n-1]
	} else {
		m = new(Message)
	}
	*m = Message{Number: q.result.Sent, Sent: at, Wait: r.Wait, CPU: r.CPU}
	q.result.Sent++
	q.count(at, 1)
	q.messages.push(m)
	q.show(at, m)
	q.record.Arrive()
}

// show lets a message wait.
func (q *Queue) show(at int64, m *Message) {
	if q.waiting.count == 0 && q.backlog == none {
		q.backlog = at
	}
	q.waiting.push(m)
}

// Receive takes a message that waits: there must be one.
func (q *Queue) Receive(at int64) *Message {
	m := q.waiting.pop()
	m.received = at
	q.result.Attempts++
	if m.attempts++; m.attempts > 1 {
		q.result.Redeliveries++
	}
	q.cleared(at)
	return m
}

// Received counts a receive that gave messages.
func (q *Queue) Received() { q.result.Receives++ }

// Invoked counts an invocation with a batch of messages.
func (q *Queue) Invoked() { q.result.Invocations++ }

// cleared notes when no message waits any more.
func (q *Queue) cleared(at int64) {
	if q.waiting.count == 0 && q.backlog != none {
		q.result.Backlog = max(q.result.Backlog, at-q.backlog)
		q.backlog = none
	}
}

// Answer ends an attempt whose work was done in time: the message is deleted, or the attempt is
// one of those that fail.
func (q *Queue) Answer(at int64, m *Message) {
	if q.failed > 0 && replay.Mix(q.Seed^failStream, uint64(m.Number)*1024+uint64(m.attempts))>>11 < q.failed {
		q.Return(at, m)
		return
	}
	q.times.record(at - m.Sent)
	q.result.Done++
	q.record.Finish(replay.Served, at-m.Sent)
	q.remove(at, m)
}

// Return ends an attempt that did not succeed: the message is shown again when its visibility
// timeout ends.
func (q *Queue) Return(at int64, m *Message) {
	q.hidden.Push(back{max(at, m.received+int64(q.Visibility)), m}, back.before)
}

// remove takes a message out of the queue.
func (q *Queue) remove(at int64, m *Message) {
	q.count(at, -1)
	m.gone = true
	for q.messages.count > 0 && q.messages.first().gone {
		q.free = append(q.free, q.messages.pop())
	}
}

// count adds to the number of messages.
func (q *Queue) count(at int64, n int) {
	q.there += float64(float64(q.depth) * float64(at-q.changed))
	q.depth, q.changed = q.depth+n, at
}

// Next is when the queue changes by itself; see Happen.
func (q *Queue) Next() int64 {
	if len(q.hidden) > 0 {
		return min(q.second, q.hidden[0].at)
	}
	return q.second
}

// Happen handles what is due at a time, which is Next: messages are shown again, become dead
// letters or expire, and the age of the oldest is read.
func (q *Queue) Happen(at int64) {
	for len(q.hidden) > 0 && q.hidden[0].at <= at {
		m := q.hidden.Pop(back.before).message
		switch {
		case m.attempts >= q.Attempts:
			q.result.DeadLetters++
			q.record.Finish(replay.FailedAttempts, 0)
			q.remove(at, m)
		case at-m.Sent > int64(q.Retention):
			q.expire(at, m)
		default:
			q.show(at, m)
		}
	}
	if at < q.second {
		return
	}
	q.second += second
	for q.waiting.count > 0 && at-q.waiting.first().Sent > int64(q.Retention) {
		q.expire(at, q.waiting.pop())
	}
	q.cleared(at)
	age := int64(0)
	if q.messages.count > 0 {
		age = at - q.messages.first().Sent
	}
	q.ages.record(age)
	q.record.Set(replay.Oldest, age/int64(time.Millisecond))
}

// expire deletes a message that is too old.
func (q *Queue) expire(at int64, m *Message) {
	q.result.Expired++
	q.record.Finish(replay.FailedExpired, 0)
	q.remove(at, m)
}

// Result is what happened until the end of a run.
func (q *Queue) Result(at int64) *replay.Messages {
	q.count(at, 0)
	if q.backlog != none {
		q.result.Backlog = max(q.result.Backlog, at-q.backlog)
	}
	r := q.result
	r.Left, r.Seconds = int64(q.depth), q.there/1e9
	r.Oldest, r.Times = q.ages.latency(), q.times.latency()
	return &r
}
