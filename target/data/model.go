// Package data resolves what an app's services share and keep: buckets and queues in
// AWS, which have a program and stacks of their own, and which both targets use. It
// knows neither target; they read from it what a service finds and may do.
package data

// Model is an app's data, resolved.
type Model struct {
	App     string
	Buckets []Bucket // by name
	Queues  []Queue  // by name, those of uploads too
}

// Empty reports whether the app has no data and needs no program for it.
func (m *Model) Empty() bool { return len(m.Buckets)+len(m.Queues) == 0 }

// Output is one output of the data's stacks, which services read.
type Output struct {
	Data, Kind string // such as originals, bucket
	Key        string // name, url or arn
	FIFO       bool   // of a FIFO queue, whose name ends in .fifo
}

// Name is the output's own.
func (o Output) Name() string { return o.Data + "." + o.Key }

// Outputs lists what a stack of the data exports of its buckets and queues.
func (m *Model) Outputs() []Output {
	var list []Output
	for _, b := range m.Buckets {
		list = append(list, Output{Data: b.Name, Kind: "bucket", Key: "name"}, Output{Data: b.Name, Kind: "bucket", Key: "arn"})
	}
	for _, q := range m.Queues {
		list = append(list, Output{q.Name, "queue", "url", q.FIFO}, Output{q.Name, "queue", "arn", q.FIFO})
	}
	return list
}

// Consumed reports whether a service takes messages from a queue.
func (m *Model) Consumed() bool {
	for _, q := range m.Queues {
		if q.Consumer != "" {
			return true
		}
	}
	return false
}
