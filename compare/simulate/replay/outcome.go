package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Outcome is how a request ends, the same words for both targets.
type Outcome int

// The outcomes. Of a request that is tried again only the last try counts here.
const (
	Served Outcome = iota
	// Throttled: refused before any code ran.
	ThrottledAPI         // by API Gateway's token bucket
	ThrottledConcurrency // by the account's concurrency
	ThrottledReserved    // by the function's reserved concurrency
	ThrottledScaling     // environments are not added that fast
	ThrottledRate        // by the requests a second that go with a concurrency
	// Timed out: the client was told so.
	TimedOutApp   // the function's own timeout, or the app's in a pod
	TimedOutEntry // the API's integration timeout, or the load balancer's
	TimedOutQueue // it waited too long for a place
	// Failed otherwise.
	FailedQueue // the queue was full
	FailedNoPod // no pod was ready
	FailedPod   // its pod was stopped
	// Failed messages of a queue, which are tried again before.
	FailedAttempts // it became a dead letter
	FailedExpired  // it waited for longer than the queue keeps messages
	Outcomes       // how many there are
)

// Class puts outcomes together.
type Class int

// The classes.
const (
	Answered Class = iota
	Throttled
	TimedOut
	Failed
)

// Class is the outcome's class.
func (o Outcome) Class() Class {
	switch {
	case o == Served:
		return Answered
	case o <= ThrottledRate:
		return Throttled
	case o <= TimedOutQueue:
		return TimedOut
	}
	return Failed
}

func (o Outcome) String() string {
	return [Outcomes]string{
		"served",
		"throttled by the API", "throttled by the account's concurrency", "throttled by reserved concurrency",
		"throttled by the scaling rate", "throttled by the request rate",
		"timed out in the app", "timed out at the entry", "timed out in the queue",
		"failed on a full queue", "failed without a ready pod", "failed with its pod",
		"dead letters", "expired in the queue",
	}[o]
}

// Name is the outcome's key in JSON.
func (o Outcome) Name() string {
	return [Outcomes]string{
		"served",
		"throttledAPI", "throttledConcurrency", "throttledReserved", "throttledScaling", "throttledRate",
		"timedOutApp", "timedOutEntry", "timedOutQueue",
		"failedQueue", "failedNoPod", "failedPod",
		"failedAttempts", "failedExpired",
	}[o]
}

// Meter is something that is counted beside requests: mostly what is paid for.
type Meter int

// The meters.
const (
	ColdStarts         Meter = iota // environments started for a request, or requests that waited for a pod to start
	Retries                         // tries after the first
	Refusals                        // tries that were throttled
	BilledMS                        // duration on demand, billed milliseconds
	InitMS                          // initialization, billed milliseconds
	ProvisionedMS                   // duration on provisioned concurrency, billed milliseconds
	ProvisionedServed               // requests that provisioned concurrency took
	Started                         // instances started, for whatever reason
	Stopped                         // instances stopped
	CPUNanoseconds                  // CPU time used
	Queuing                         // requests that waited for a place
	QueuedNanoseconds               // and for how long, together
	LatencyNanoseconds              // of the requests whose latency counts, together
	Interruptions                   // spot nodes that were taken back; of one of several services, those that its pods were on
	InterruptedWaited               // requests that waited for a place while replicas of such nodes were missing, or runs that started again
	InterruptedFailed               // requests, runs or attempts at messages that failed then, or with such a node
	Meters                          // how many there are
)

// Gauge is something that has a level at each moment.
type Gauge int

// The gauges.
const (
	InUse       Gauge = iota // requests being worked on; on Lambda, environments in use, starting ones included
	Capacity                 // requests that could be worked on at once
	Queued                   // requests that wait for a place
	Instances                // environments, or pods that are counted against a node
	Ready                    // pods that take requests
	Wanted                   // replicas that the autoscaler asks for
	Nodes                    // nodes that are paid for
	Provisioned              // provisioned environments in use
	Pending                  // pods that wait for a node
	Oldest                   // the age of the oldest message of a queue, in milliseconds, read once a second
	Gauges                   // how many there are
)

// Followed reports whether a gauge shows state that a simulator follows through minutes that a
// plan leaves out; see Options.Through.
func (g Gauge) Followed() bool {
	switch g {
	case Capacity, Instances, Ready, Wanted, Nodes, Pending:
		return true
	case InUse, Queued, Provisioned, Oldest, Gauges:
	}
	return false
}

// Followed says the same of a meter.
func (m Meter) Followed() bool { return m == Started || m == Stopped || m == Interruptions }

// optional reports whether a meter is left out of JSON at 0: most simulations have no spot nodes.
func (m Meter) optional() bool { return m >= Interruptions && m < Meters }

// Name is the meter's key in JSON.
func (m Meter) Name() string {
	return [Meters]string{
		"coldStarts", "retries", "refusals", "billedMs", "initMs", "provisionedMs", "provisionedServed", "started", "stopped",
		"cpuNs", "queuing", "queuedNs", "latencyNs", "interruptions", "interruptedWaited", "interruptedFailed",
	}[m]
}

// Name is the gauge's key in JSON.
func (g Gauge) Name() string {
	return [Gauges]string{"inUse", "capacity", "queued", "instances", "ready", "wanted", "nodes", "provisioned", "pending", "oldestMs"}[g]
}

// What is had of each outcome, meter and gauge. In JSON they are objects, in
// the constants' order.
type (
	OutcomeCounts [Outcomes]int64
	MeterTotals   [Meters]int64
	GaugeLevels   [Gauges]Level
)

// MarshalJSON writes an object.
func (c OutcomeCounts) MarshalJSON() ([]byte, error) {
	return object(c[:], func(i int) string { return Outcome(i).Name() })
}

// MarshalJSON writes an object.
func (t MeterTotals) MarshalJSON() ([]byte, error) {
	return object(t[:], func(i int) string {
		if t[i] == 0 && Meter(i).optional() {
			return ""
		}
		return Meter(i).Name()
	})
}

// MarshalJSON writes an object.
func (l GaugeLevels) MarshalJSON() ([]byte, error) {
	return object(l[:], func(i int) string { return Gauge(i).Name() })
}

// object is an object of those values that have a name.
func object[T any](values []T, name func(int) string) ([]byte, error) {
	var b bytes.Buffer
	separator := "{"
	for i, value := range values {
		if name(i) == "" {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s%q:%s", separator, name(i), text)
		separator = ","
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
