package data

import (
	"ambi/spec"
)

// Queue is one queue in SQS, and its dead-letter queue.
type Queue struct {
	Name             string
	Attempts         int
	RetentionSeconds int
	// VisibilitySeconds is how long a message that was taken is hidden: it follows from the
	// service that takes it.
	VisibilitySeconds int
	Consumer          string // the service that takes messages; empty for none
	Bucket            string // whose events it has; empty for a queue of the spec's data
}

const (
	// DeadLetterSeconds is how long dead letters are kept, counted from when they were sent:
	// the longest that SQS keeps anything.
	DeadLetterSeconds = 14 * 24 * 3600
	// usualVisibility is SQS' own default, for a queue that no service of the app reads.
	usualVisibility = 30
	// fewAttempts is what AWS asks for at least where a function reads the queue.
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
	fewAttempts = 5
)

func (r *resolver) queue(at, name string, q *spec.Queue) Queue {
	out := r.queueOf(name, q)
	r.notes.Exact(at, "a queue of the data stack, which both targets share, with its dead-letter queue: encrypted, with alarms on its dead letters and on the age of its oldest message")
	if q.Attempts < fewAttempts {
		r.notes.Approximate(at+".attempts", "the redrive policy's maxReceiveCount; a message that was received and not taken up, because a function was throttled or a pod stopped, has used up one of so few")
	} else {
		r.notes.Exact(at+".attempts", "the redrive policy's maxReceiveCount")
	}
	r.notes.Exact(at+".retention", "the queue's retention; dead letters are kept 14 days from when they were sent")
	return out
}

// queueOf is a queue with what follows from its consumer.
func (r *resolver) queueOf(name string, q *spec.Queue) Queue {
	out := Queue{
		Name: name, Attempts: q.Attempts, RetentionSeconds: int(q.Retention.Std().Seconds()),
		VisibilitySeconds: usualVisibility, Consumer: r.consumers[name],
	}
	if out.Consumer != "" {
		events, _ := r.app.Events(out.Consumer)
		out.VisibilitySeconds = int(events.Visibility(r.app.Services[out.Consumer].Timeout).Seconds())
	}
	return out
}
