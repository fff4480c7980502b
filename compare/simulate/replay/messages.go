package replay

// Messages is what a run was like whose requests are messages of a queue.
type Messages struct {
	Sent         int64 `json:"sent"`
	Done         int64 `json:"done"`
	DeadLetters  int64 `json:"deadLetters"`  // that failed at every attempt
	Expired      int64 `json:"expired"`      // that waited for longer than the queue keeps them
	Left         int64 `json:"left"`         // that wait or are in flight at the end
	Attempts     int64 `json:"attempts"`     // at messages, all together
	Redeliveries int64 `json:"redeliveries"` // attempts after a message's first
	Receives     int64 `json:"receives"`     // that gave messages, up to ten each
	Invocations  int64 `json:"invocations"`  // of the function, each with a batch; 0 on Kubernetes
	// Oldest is the age of the oldest message that is not deleted, read once a second; 0 of an
	// empty queue.
	Oldest Latency `json:"oldest"`
	// Times are how long messages took from when they were sent until they were deleted.
	Times Latency `json:"times"`
	// Backlog is the longest time in which messages waited at every moment: what it took to
	// drain the queue.
	Backlog int64 `json:"backlog"` // nanoseconds
	// Seconds is messages x time, those in flight included.
	Seconds float64 `json:"seconds"`
}

// Times are how long requests or messages took that were served; messages may take longer than the
// hour that a Latency of requests ends at.
func (r *Result) Times() Latency {
	if r.Messages != nil {
		return r.Messages.Times
	}
	return r.Latency
}

// BatchSize is how many messages an invocation had on average.
func (m *Messages) BatchSize() float64 {
	return share(float64(m.Attempts), float64(m.Invocations))
}
