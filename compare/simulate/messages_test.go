package simulate_test

import (
	"strings"
	"testing"
	"time"

	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

const thumbnails = `apiVersion: ambi/v1
name: thumbs
data: {jobs: {queue: {attempts: 3}}}
services:
  resize:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    cpu: 500m
    memory: 512Mi
    timeout: 10s
    concurrency: 5
    queue: {from: jobs}
    scale: {min: 0, max: 20, backlog: 10}
    kubernetes: {identity: pod-identity}
`

// TestMessagesOnBothTargets: the models that Resolve makes become a mapping and delivery
// containers, which get the same messages, of which the same ones fail.
func TestMessagesOnBothTargets(t *testing.T) {
	in := input(t, thumbnails)
	in.Failures = .05
	r := run(t, in, made(t, 20, spec.Bursty, time.Hour, 1))
	if len(r.Refused) > 0 || r.Lambda == nil || r.Kubernetes == nil {
		t.Fatalf("refused: %v", r.Refused)
	}
	l, k := r.Lambda.Messages, r.Kubernetes.Messages
	if l.Sent != k.Sent || l.Sent != r.Trace.Requests {
		t.Errorf("%d messages on Lambda, %d on Kubernetes, of %d", l.Sent, k.Sent, r.Trace.Requests)
	}
	if l.DeadLetters != k.DeadLetters || l.DeadLetters == 0 || l.Redeliveries != k.Redeliveries {
		t.Errorf("%d and %d dead letters, %d and %d redeliveries", l.DeadLetters, k.DeadLetters, l.Redeliveries, k.Redeliveries)
	}
	if l.Invocations != l.Attempts || k.Invocations != 0 {
		t.Errorf("%d invocations for %d attempts; %d on Kubernetes", l.Invocations, l.Attempts, k.Invocations)
	}
	line := r.Timeline()
	for _, target := range spec.Targets() {
		if track := line.Of(target); len(track.Oldest) != len(line.Requests) {
			t.Errorf("%s: %d moments of the oldest message, of %d", target, len(track.Oldest), len(line.Requests))
		}
	}
	if pods := r.Kubernetes.Gauges[replay.Ready]; pods.Max > 20 || pods.Max < 2 {
		t.Errorf("at most %d pods", pods.Max)
	}
	text := ""
	for _, a := range r.Assumptions {
		text += a.Topic + ": " + a.Text + "\n"
	}
	for _, want := range []string{"5 invocations at once to begin with", "300 a minute", "KEDA looks every 30s", "dead letter after 3 attempts", "5 % of the attempts fail", "shown again 1m after"} {
		if !strings.Contains(text, want) {
			t.Errorf("the assumptions do not say %q:\n%s", want, text)
		}
	}
	if in.PlanFor(replay.Counts{Minutes: []float64{1e12}, Span: int64(time.Minute)}) != nil {
		t.Error("messages are sampled")
	}
}

// TestFIFOIsNotSimulated, since nothing says how many groups there are.
func TestFIFOIsNotSimulated(t *testing.T) {
	in := input(t, strings.Replace(thumbnails, "attempts: 3", "fifo: true", 1))
	r := run(t, in, made(t, 1, spec.Steady, time.Minute, 1))
	for _, target := range spec.Targets() {
		if !strings.Contains(r.Refused[target], "message groups") {
			t.Errorf("%s: %q", target, r.Refused[target])
		}
	}
}

// TestServiceOfSeveral: without a name it is the only one over HTTP.
func TestServiceOfSeveral(t *testing.T) {
	in := input(t, thumbnails+"  api: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2, http: {routes: [GET /]}}\n")
	if name, err := simulate.ServiceOf(in.Resolved, ""); err != nil || name != "api" {
		t.Errorf("%q, %v", name, err)
	}
	if name, err := simulate.ServiceOf(in.Resolved, "resize"); err != nil || name != "resize" {
		t.Errorf("%q, %v", name, err)
	}
}
