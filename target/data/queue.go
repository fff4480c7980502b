package data

import (
	"fmt"

	"ambi/spec"
)

// Queue is one queue in SQS, and its dead-letter queue.
type Queue struct {
	Name             string
	Attempts         int
	RetentionSeconds int
	// VisibilitySeconds is the visibility timeout: it follows from the service that receives
	// the messages.
	VisibilitySeconds int
	Consumer          string // the service that takes messages; empty for none
	Switched          bool   // the consumer is on every target, and a data stack says whose takes the messages
	Bucket            string // whose events it has; empty for a queue of the spec's data
	Existing          bool   // it is not made here: a stack's setting says which it is
	FIFO              bool   // it delivers the messages of a group in their order
}

const (
	// AlarmsOfQueue are the CloudWatch alarms on a queue and on its dead letters.
	AlarmsOfQueue = 2
	// DeadLetterSeconds is how long dead letters are kept, counted from when they were sent:
	// SQS's maximum.
	DeadLetterSeconds = 14 * 24 * 3600
	// usualVisibility is SQS' own default, for a queue that no service of the app reads.
	usualVisibility = 30
	// fewAttempts is what AWS asks for at least where a function reads the queue.
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
	fewAttempts = 5
)

func (r *resolver) queue(at, name string, q *spec.Queue) Queue {
	out := r.queueOf(name, q)
	if q.Existing {
		r.existingQueue(at, out)
		return out
	}
	if path := at + ".existing"; r.app.Given(path) {
		r.notes.Exact(path, "the data stack makes the queue")
	}
	r.notes.Exact(at, "a queue of the data stack, which both targets share, with its dead-letter queue: encrypted, with alarms on its dead letters and on the age of its oldest message")
	if q.Attempts < fewAttempts {
		r.notes.Approximate(at+".attempts", "the redrive policy's maxReceiveCount; a message that was received but not handled, because a function was throttled or a pod stopped, uses up one of these few")
	} else {
		r.notes.Exact(at+".attempts", "the redrive policy's maxReceiveCount")
	}
	if path := at + ".fifo"; r.app.Given(path) && q.FIFO {
		r.notes.Exact(path, "a FIFO queue, and one for its dead letters: SQS delivers the messages of a group (MessageGroupId) one after the other. Who sends also names each message (MessageDeduplicationId): two that say the same are two, since contentBasedDeduplication stays off. A dead letter leaves the order, and its group goes on")
	} else if r.app.Given(path) {
		r.notes.Exact(path, "a standard queue, in no order")
	}
	r.notes.Exact(at+".retention", "the queue's retention; dead letters are kept 14 days from when they were sent")
	return out
}

// existingQueue says what ambi does not know of a queue that it does not make.
func (r *resolver) existingQueue(at string, q Queue) {
	unknown := "it has no alarms of ambi's, and what it is encrypted with is its owner's: with a key of its own, roles need rights on the key, too"
	if q.Consumer != "" {
		unknown += fmt.Sprintf(". ambi does not see its visibility timeout, which must be at least %d s (six times the timeout of %s, and its window), or messages come back while they are worked on, nor whether it has a dead-letter queue, without which a message that fails comes back until it is too old",
			q.VisibilitySeconds, q.Consumer)
	}
	r.notes.Approximate(at, "a queue that exists already: the data stack registers nothing for it, and its setting %s.arn says which it is. Roles get rights on it by its ARN; %s", q.Name, unknown)
	r.notes.Exact(at+".existing", "the data stack exports its URL and its ARN from the setting %s.arn", q.Name)
	if path := at + ".fifo"; r.app.Given(path) && q.FIFO {
		r.notes.Exact(path, "its name must end in .fifo; messages of one group come in their order")
	} else if r.app.Given(path) {
		r.notes.Exact(path, "a standard queue, in no order")
	}
}

// queueOf is a queue with what follows from its consumer.
func (r *resolver) queueOf(name string, q *spec.Queue) Queue {
	out := Queue{
		Name: name, Attempts: q.Attempts, RetentionSeconds: int(q.Retention.Std().Seconds()),
		VisibilitySeconds: usualVisibility, Consumer: r.consumers[name], FIFO: q.FIFO, Existing: q.Existing,
	}
	if out.Consumer != "" {
		events, _ := r.app.Events(out.Consumer)
		out.Switched = !r.app.Services[out.Consumer].Alone()
		out.VisibilitySeconds = int(events.Visibility(r.app.Services[out.Consumer].Timeout).Seconds())
	}
	return out
}
