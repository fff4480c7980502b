package simulate

import (
	"fmt"
	"time"

	"ambi/compare/price/cost"
	pods "ambi/compare/simulate/kubernetes"
	functions "ambi/compare/simulate/lambda"
	"ambi/compare/simulate/queue"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// OfMessages reports whether the messages of a queue start the service, and not requests.
func (in *Input) OfMessages() bool {
	name, err := ServiceOf(in.Resolved, in.Service)
	if err != nil {
		return false
	}
	service, ok := in.Resolved.Lambda.Service(name)
	return ok && service.Events != nil
}

// queueOf is the queue whose messages a service takes.
func (in *Input) queueOf(events lambda.Events) (queue.Config, string) {
	for _, q := range in.Resolved.Data.Queues {
		if q.Name != events.Queue {
			continue
		}
		if q.FIFO {
			return queue.Config{}, "how many message groups a FIFO queue has is not known, and they decide how many messages are handled at once"
		}
		return queue.Config{
			Visibility: time.Duration(q.VisibilitySeconds) * time.Second, Retention: time.Duration(q.RetentionSeconds) * time.Second,
			Attempts: q.Attempts, Failures: in.Failures, Seed: in.Seed,
		}, ""
	}
	return queue.Config{}, "its queue is not among the app's data"
}

func (in *Input) assumeQueue(q queue.Config, assume assumer) {
	failures := "every attempt whose work is done in time succeeds"
	if q.Failures > 0 {
		failures = fmt.Sprintf("%.4g %% of the attempts fail, the same ones on both targets", 100*q.Failures)
	}
	assume("queue", "docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide",
		"a message that was not handled is shown again %s after it was received, and is a dead letter after %d attempts; %s. Messages are received in the order in which they became visible, without delay, which SQS does not promise",
		spec.Duration(q.Visibility), q.Attempts, failures)
}

func (in *Input) assumeMapping(c functions.Config, m functions.Mapping, assume assumer) {
	batch := "one message each"
	if m.Batch > 1 {
		batch = fmt.Sprintf("with up to %d messages each, one after the other", m.Batch)
		if m.Window > 0 {
			batch += fmt.Sprintf(", gathered for up to %s, one batch at a time", spec.Duration(m.Window))
		}
	}
	assume("lambda", lambda.EventScalingPage,
		"%d MB of memory; %d invocations at once to begin with, %s. While messages wait, %d a minute are added, up to %d at once; how the number falls is not documented, and taken to be as fast",
		c.MemoryMB, m.Start, batch, m.PerSecond*60, min(m.MaximumConcurrency, lambda.MaxMappingConcurrency, limitOf(c)))
	in.assumeEnvironments(c, assume)
}

func (in *Input) assumeDelivery(s kubernetes.Service, w cost.Workload, c pods.Config, assume assumer) {
	begins := "as many pods at the start as the first minute needs"
	if in.Start == Cold {
		begins = "the minimum number of pods at the start, scale.min"
	}
	assume("pods", "warpstreamlabs/bento, internal/impl/aws/input_sqs.go",
		"%dm of CPU and %d MiB each, with the delivery container's, for %d messages at once. A pod receives up to %d messages, and more as soon as it has begun with all of them. A pod starts within %s once its image is present; pulling a new image takes %s, ambi's round number. There are %s",
		w.Pod.MilliCPU, w.Pod.MemoryMiB, w.Pod.Concurrency, s.Events.Messages, spec.Duration(c.Start.App+c.Start.Probe+c.Start.Endpoint), spec.Duration(c.Start.Pull), begins)
	if s.Backlog > 0 {
		text := fmt.Sprintf("the autoscaler runs every %s, and goes by the messages that wait or are in flight, of which SQS knows the number at once here, and up to a minute later in fact", spec.Duration(c.Flags.SyncPeriod))
		if c.KEDA != nil {
			text += fmt.Sprintf(". While there is no pod, KEDA looks every %s; it removes the last ones %s after the queue was last seen with messages", spec.Duration(c.KEDA.Poll), spec.Duration(c.KEDA.Cooldown))
		}
		assume("replicas", "keda.sh/docs/latest/scalers/aws-sqs", "%s", text)
	}
}
