package kubernetes

import (
	"strings"

	"ambi/spec"
	"ambi/target/data"
	"ambi/target/finding"
)

// Events is how events from a queue reach the pods.
type Events struct {
	Queue           string // among the data
	Uploads         bool   // of a bucket, whose test events are left out
	Path            string // that they are posted to
	FIFO            bool   // the messages of a group come in their order
	Pull            bool   // the app takes them itself, and there is no delivery container
	Messages        int    // of one receive
	ShutdownSeconds int    // that the delivery container gets to finish
	GraceSeconds    int    // that the pod gets
}

const (
	// shutdownReserve is how much longer than one message's time the delivery container gets
	// to stop, and the pod than the container.
	shutdownReserve = 10
	// maxReceive is the most messages of one receive.
	// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
	maxReceive = 10
)

// consume are the actions of what takes messages: the delivery container, or the app
// itself, which may want more time for one.
func consume(pull bool) []string {
	if pull {
		return []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
	}
	return []string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}
}

// events decides how a queue's messages, or a bucket's events, reach the pods.
func (r *resolver) events(name string, s *spec.Service, out *Service) {
	events, ok := r.app.Events(name)
	if !ok {
		return
	}
	const off = "with the setting active off, there are no pods"
	at := "services." + name + ".queue"
	if s.Uploads != nil {
		at = "services." + name + ".uploads"
		r.uploads(at, events.Pull)
	}
	out.Events = &Events{
		Queue: events.Queue, Uploads: s.Uploads != nil, Path: events.Path, Pull: events.Pull, Messages: min(maxReceive, s.Concurrency), FIFO: events.FIFO,
		ShutdownSeconds: out.TimeoutSeconds + shutdownReserve, GraceSeconds: out.TimeoutSeconds + 2*shutdownReserve,
	}
	if events.FIFO {
		out.Events.Messages = 1
	}
	out.Access.Grants = append(out.Access.Grants, data.Consuming(events.Queue, consume(events.Pull)...))
	if events.Pull {
		r.notes.Exact(at+".pull", "there is no delivery container: the app receives messages from the queue in %s itself, and deletes those that it has handled", spec.DataVariables(events.Queue, "queue")[0])
		r.notes.Exact(at+".from", "the queue that the app reads; %s", finding.Active(s, off))
		r.notes.Dropped(at+".path", "nothing posts to it: the app receives messages itself")
		r.notes.Dropped(at+".batch", "the app decides how many messages it takes at once")
		if r.app.Given(at + ".window") {
			r.notes.Dropped(at+".window", "the app decides how long it waits for messages")
		}
		r.notes.Approximate(at, "a Deployment without a Service")
		return
	}
	without := "eventSourceARN"
	if events.FIFO {
		without = "eventSourceARN, MessageGroupId, MessageDeduplicationId and SequenceNumber"
	}
	r.notes.Approximate(at, "a Deployment without a Service; a delivery container (Bento) runs beside the app, which is a native sidecar and needs Kubernetes 1.29 or newer; message attributes arrive as strings without their types, and events without %s", without)
	order := ""
	if events.FIFO {
		order = "; one message a receive, so that SQS holds the rest of its group back until it is deleted or shown again, whatever the number of pods, and concurrency counts groups"
	}
	r.notes.Exact(at+".from", "the delivery container receives messages from its queue, and deletes or returns them as the app answers%s; %s", order, finding.Active(s, off))
	r.notes.Exact(at+".path", "the delivery container posts Lambda's own event JSON to it; any answer other than 2xx returns the message to the queue")
	if events.Batch > 1 {
		r.notes.Dropped(at+".batch", "one message per request: a batch saves invocations on Lambda, but nothing here")
	} else {
		r.notes.Exact(at+".batch", "one message per request")
	}
	if r.app.Given(at + ".window") {
		r.notes.Dropped(at+".window", "a message is delivered as soon as it arrives")
	}
}

// eventScale decides what sets the number of pods.
func (r *resolver) eventScale(at string, s *spec.Service, out *Service) {
	out.MinReplicas, out.MaxReplicas = s.Scale.Min, s.Scale.Max
	if s.Scale.Backlog > 0 {
		out.Metric, out.Backlog = Backlog, s.Scale.Backlog
		const scaled = "the queueLength of a KEDA ScaledObject, which needs KEDA's operator in the cluster: messages that wait or are in progress; the operator, whose role is the setting kedaRoleArn, assumes a role of the service to count them"
		if out.Events.FIFO {
			r.notes.Approximate(at+".scale.backlog", scaled+"; it counts messages and not their groups, and pods beyond the number of groups find nothing to do")
		} else {
			r.notes.Exact(at+".scale.backlog", scaled)
		}
		r.notes.Exact(at+".scale.min", "the ScaledObject's minReplicaCount")
		r.notes.Approximate(at+".scale.max", "the ScaledObject's maxReplicaCount; %s", surge)
		return
	}
	if s.Scale.Min == 0 {
		r.notes.Refused(at+".scale.min", finding.Refusal{Limit: "scaling to zero", Page: AutoscalingPage, Hint: "set min: 1, or use scale.backlog instead of the other metric"},
			"must be at least 1 on target kubernetes, got 0: a HorizontalPodAutoscaler does not scale to zero")
	} else {
		r.notes.Exact(at+".scale.min", "the autoscaler's minReplicas; a node drain evicts one pod at a time")
	}
	r.notes.Approximate(at+".scale.max", "the autoscaler's maxReplicas; %s", surge)
	out.Metric, out.TargetPercent = CPU, s.Scale.CPU
	if s.Scale.Memory > 0 {
		out.Metric, out.TargetPercent = Memory, s.Scale.Memory
	}
	r.notes.Approximate(at+".scale."+string(out.Metric), "the autoscaler's target utilization of the %s request, of both containers; waiting messages use none: scale.backlog counts them", out.Metric)
}

// listed joins actions for a finding.
func listed(words []string) string { return strings.Join(words, ", ") }
