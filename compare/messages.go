package compare

import (
	"slices"

	"ambi/compare/price/cost"
	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// messages reports whether something is true of a service that messages reach.
func (c *comparison) messages(is func(cost.Workload) bool) bool {
	return slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return w.Events != nil && is(w) })
}

// assumeMessages says what the cost of services that messages start rests on.
func (c *comparison) assumeMessages(say sayer) {
	if !c.messages(func(cost.Workload) bool { return true }) {
		return
	}
	say("messages", "", "each is worked on once, and with success: what comes back after a failure is worked on, and paid for, again")
	say("messages", "aws.amazon.com/sqs/pricing", "SQS meters a request by 64 KB of its messages, and the sender's requests too: those of S3 for uploads")
	if c.messages(func(w cost.Workload) bool { return w.Events.Batch > 1 }) {
		say("messages", "", "an invocation works on its messages one after the other")
	}
	say("messages", lambda.EventScalingPage, "Lambda has %d receives open on a queue at least, or its maximumConcurrency, where that is less", lambda.Pollers)
	say("messages", "seen by others: three empty receives a minute each (github.com/getlift/lift/issues/132)", "each of them waits 20 s for a message, as the delivery container's does by its configuration")
	say("messages", "warpstreamlabs/bento, internal/impl/aws/input_sqs.go", "a pod's delivery container has one receive open, deletes what is done once a second, and reserves %dm CPU and %d MiB; an app that pulls is taken to do the same", kubernetes.DeliveryMilliCPU, kubernetes.DeliveryMemoryMiB)
	if c.messages(func(w cost.Workload) bool { return w.Pod.Backlog > 0 }) {
		say("messages", "keda.sh/docs/latest/scalers/aws-sqs", "KEDA counts messages every %s, and while there are pods the autoscaler has it count every %s", kubernetes.KEDAPoll, kubernetes.AutoscalerSync)
		say("replicas", "Little's law", "where messages are counted, as many as hold those that are worked on at the backlog, and as many as can work on what comes: while there are enough, none waits for long")
	}
	if c.messages(func(w cost.Workload) bool { return w.Pod.Min == 0 }) {
		say("replicas", "Poisson arrivals", "with scale.min 0 the last pod leaves %s after the last message; of services whose pods come and go, all have theirs at the same time as far as they can", kubernetes.KEDACooldown)
	}
	if c.Choices.Kubernetes.NATGateways > 0 {
		say("network", "", "what pods exchange with SQS and S3 goes through no NAT gateway, but for what outboundSize says")
	}
	if c.app.OverHTTP() {
		say("messages", "", "as requests grow, messages grow with them, and keep their mix")
	}
}

// assumeData says what the cost of the app's data rests on.
func (c *comparison) assumeData(r Result, say sayer) {
	if c.app.Data.Queues > 0 {
		say("alarms", "the data stack", "%d for each queue and its dead letters", data.AlarmsOfQueue)
	}
	if len(c.app.Data.Buckets) > 0 {
		say("data", "the user", "what buckets hold and their requests are as given, grow with the app's requests, and are the same on both targets")
	}
	if left := r.Left(); left != "" {
		say("data", "", "left out: %s", left)
	}
}
