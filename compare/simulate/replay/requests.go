package replay

// Request is one that comes, and what it asks for; times are nanoseconds.
type Request struct{ At, Wait, CPU int64 }

// Requests yields what comes in batches, in order, each request with what it
// asks for.
type Requests interface {
	// Batch is the next requests: at least one, or none at the end of the trace,
	// or when it can not be read; see Err. They hold until the next call, and
	// are not to be written to.
	Batch() []Request
	// Err says why a trace ended early, once Batch returned none; nil when it
	// ended as it should.
	Err() error
}

// RequestsOf reads a source, and draws what each request needs. A source that already has
// Requests is returned as it is.
func RequestsOf(source Source, demand Demand) Requests {
	if requests, ok := source.(Requests); ok {
		return requests
	}
	return &drawn{source: source, demand: demand}
}

// batchSize is how many requests are drawn at once: enough that the processor
// is at one thing for a while, few enough to stay in its nearest cache.
const batchSize = 256

type drawn struct {
	source Source
	demand Demand
	number int64 // of the next request
	ended  bool  // the source did
	over   bool  // and everything was given
	batch  [batchSize]Request
}

func (d *drawn) Batch() []Request {
	n := 0
	if !d.ended {
		n = d.demand.Read(d.batch[:], d.source, d.number)
		d.ended = n < len(d.batch)
		d.number += int64(n)
	}
	d.over = n == 0
	return d.batch[:n]
}

func (d *drawn) Err() error {
	if !d.over {
		return nil // what was read ahead does not count yet
	}
	return d.source.Err()
}

// Read reads requests from a source, the first of them number i, and returns
// how many there are: less than there is room for at the source's end.
func (d *Demand) Read(into []Request, source Source, i int64) int {
	n := 0
	for n < len(into) {
		at, ok := source.Next()
		if !ok {
			break
		}
		into[n].At = at
		n++
	}
	d.fill(into[:n], i)
	return n
}
