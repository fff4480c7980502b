package fit

import (
	"fmt"
	"math"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// messages checks what one invocation gets: a batch of messages, in one payload.
func (c *checker) messages(w cost.Workload, f lambda.Service, add addLimit) {
	size, known := w.Traffic.Request.Get()
	if !known || w.Events.Uploads {
		return
	}
	if bytes := int64(float64(size) * w.Batch()); bytes > lambda.MaxPayloadBytes {
		add(Warning, "services."+w.Name+".queue.batch", Limit{
			Name: "payload of a batch", Value: "6 MB", Actual: megabytes(bytes), Page: lambda.QuotasPage,
			Message: fmt.Sprintf("a batch of %s messages has %s, and an invocation takes 6 MB: Lambda makes smaller ones", count(w.Batch()), megabytes(bytes)),
			Hint:    "keep large bodies in a bucket, or lower batch",
		})
	}
}

// backlogOnLambda compares what messages take with the mapping's maximumConcurrency. It returns
// the highest concurrency, which is never more.
func (c *checker) backlogOnLambda(w cost.Workload, f lambda.Service, billed time.Duration, add addLimit) float64 {
	most := float64(f.Events.MaximumConcurrency)
	mean := w.Invocations() / demand.SecondsPerMonth * billed.Seconds()
	peak := mean * w.Traffic.Profile.Peak()
	if math.IsNaN(mean) || peak <= most {
		return peak
	}
	c.backlog(spec.Lambda, w, mean, peak, most, "invocations at once", "scale.max x concurrency", lambda.EventScalingPage, w.Pod.Concurrency, add)
	return most
}

// backlogOnKubernetes compares the pods that messages take with scale.max.
func (c *checker) backlogOnKubernetes(w cost.Workload, d kubernetes.Service, add addLimit) {
	peak, _, known := c.Replicas.At(w.Name, w.Traffic.Profile.Peak())
	mean, _, _ := c.Replicas.At(w.Name, 1)
	if !known || peak <= d.MaxReplicas {
		return
	}
	c.backlog(spec.Kubernetes, w, float64(mean), float64(peak), float64(d.MaxReplicas), "replicas", "scale.max", kubernetes.AutoscalingPage, 1, add)
}

// backlog reports messages that come faster than a service may take them: at the peak they
// wait, and are worked on later; on average they would wait for ever.
func (c *checker) backlog(t spec.Target, w cost.Workload, mean, peak, most float64, what, bound, page string, each int, add addLimit) {
	at := "services." + w.Name + ".scale.max"
	l := Limit{
		Severity: Warning, Name: "backlog", Value: count(most) + " " + what, Actual: count(peak) + " at the peak", Page: page,
		Message: fmt.Sprintf("the peak takes %s %s, and %s allows %s: messages wait, and are worked on after it", count(peak), what, bound, count(most)),
		Hint:    "raise scale.max, if they must not wait",
	}
	if mean > most {
		l.Severity, l.Name, l.Actual = Knob, "messages that are never worked on", count(mean)+" on average"
		l.Message = fmt.Sprintf("messages take %s %s on average, and %s allows %s: more and more wait, until they expire", count(mean), what, bound, count(most))
		l.Hint = "raise scale.max"
	}
	l = c.atLeast(l, at, int(math.Ceil(peak/float64(each))), spec.MaxInstances)
	add(l.Severity, l.Path, l)
}
