package lambda

import (
	"strings"

	"ambi/spec"
	"ambi/target/data"
	"ambi/target/finding"
)

// Events is how events from a queue start the function.
type Events struct {
	Queue              string // among the data
	Uploads            bool   // of a bucket, whose test events are left out
	Batch              int    // the most messages of one invocation
	WindowSeconds      int    // that a batch is gathered for; 0 for none
	MaximumConcurrency int    // the most invocations at once
	FIFO               bool   // the messages of a group come in their order
}

// consume are the actions of an event source mapping on its queue.
func consume() []string {
	return []string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
}

// events decides the event source mapping of a queue or of uploads.
func (r *resolver) events(name string, s *spec.Service, out *Service) {
	events, ok := r.app.Events(name)
	if !ok {
		return
	}
	at, what := "services."+name+".queue", "messages"
	if s.Uploads != nil {
		at, what = "services."+name+".uploads", "the bucket's events"
		r.uploads(at)
	}
	out.Events = &Events{
		Queue: events.Queue, Uploads: s.Uploads != nil, Batch: events.Batch, WindowSeconds: int(events.Window.Std().Seconds()),
		MaximumConcurrency: s.Scale.Max * s.Concurrency, FIFO: events.FIFO,
	}
	out.Access.Grants = append(out.Access.Grants, data.Consuming(events.Queue, consume()...))
	r.notes.Exact(at+".from", "an event source mapping from its queue to the alias live; if a part of a batch fails, only that part is delivered again; %s", finding.Active(s, "the setting active turns the mapping on and off"))
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Dropped(at+".path", "the app speaks the runtime API itself, and receives the event unchanged")
	} else {
		r.notes.Exact(at+".path", "the Lambda Web Adapter posts %s to it (AWS_LWA_PASS_THROUGH_PATH), and any answer other than 2xx returns them to the queue (AWS_LWA_ERROR_STATUS_CODES)", what)
		out.Environment = append(out.Environment,
			Variable{Name: "AWS_LWA_ERROR_STATUS_CODES", Value: "300-599"},
			Variable{Name: "AWS_LWA_PASS_THROUGH_PATH", Value: events.Path})
	}
	if events.FIFO && events.Batch > 1 {
		r.notes.Approximate(at+".batch", "the mapping's batchSize; once a message has failed, the app must report those that follow it in the batch too: what it does not report is deleted, and what failed comes after it")
	} else {
		r.notes.Exact(at+".batch", "the mapping's batchSize")
	}
	if r.app.Given(at + ".window") {
		r.notes.Approximate(at+".window", "the mapping's maximumBatchingWindowInSeconds; on a quiet queue, Lambda may wait up to 20 s in any case")
	}
	if events.Pull {
		r.notes.Dropped(at+".pull", "the event source mapping delivers")
	}
}

// eventScale decides how many invocations there may be at once.
func (r *resolver) eventScale(at string, s *spec.Service, out *Service) {
	most := out.Events.MaximumConcurrency
	r.notes.Approximate(at+".concurrency", "an environment handles one invocation at a time; Lambda starts more environments instead, at most scale.max x concurrency")
	switch {
	case most < MinMaximumConcurrency || most > MaxMaximumConcurrency:
		r.notes.Refused(at+".scale.max", finding.Refusal{Limit: "maximum concurrency", Page: EventScalingPage, Hint: "change scale.max or concurrency; of a FIFO queue, messages of one group run one at a time"},
			"scale.max x concurrency must be %d to %d on target lambda, got %d: an event source mapping accepts no other maximumConcurrency", MinMaximumConcurrency, MaxMaximumConcurrency, most)
	case out.Events.FIFO:
		r.notes.Exact(at+".scale.max", "the mapping's maximumConcurrency: %d invocations at once are the most, and no more than there are message groups", most)
	default:
		r.notes.Exact(at+".scale.max", "the mapping's maximumConcurrency: at most %d invocations at once, as many as this number of instances would handle", most)
	}
	if s.Lambda.Reserved {
		out.Reserved, out.PerInstance = most, s.Concurrency
	}
	if s.Scale.Backlog > 0 {
		r.notes.Dropped(at+".scale.backlog", "Lambda polls the queue, and starts environments as messages arrive")
	}
}

// variablesOfData adds the variables with the locations of data.
func (r *resolver) variablesOfData(out *Service) {
	for _, v := range out.Access.Variables {
		out.Environment = append(out.Environment, Variable{Name: v.Name, Output: v.Output})
	}
}

// listed joins actions for a finding.
func listed(words []string) string { return strings.Join(words, ", ") }
