package simulate

import (
	"context"
	"sync/atomic"

	"ambi/compare/simulate/replay"
)

// batchSize is how many requests are handed over at once.
const batchSize = 2048

// inFlight is how many batches wait for each reader: the faster target gets no
// further ahead than this.
const inFlight = 4

// split reads a source once, draws what each request asks for, and gives that to
// several readers, which run at the same time. A trace may be standard input, and
// may be longer than memory.
type split struct {
	source  replay.Source
	demand  replay.Demand
	readers []*reader
	observe func([]replay.Request)
	free    chan *batch
}

// batch is some requests. Readers share it, and none writes to it; the last one
// gives it back.
type batch struct {
	requests []replay.Request
	left     atomic.Int32 // readers that have not read it
}

func newSplit(source replay.Source, demand replay.Demand, readers int, observe func([]replay.Request)) *split {
	s := &split{source: source, demand: demand, observe: observe, free: make(chan *batch, inFlight+2)}
	for range readers {
		s.readers = append(s.readers, &reader{split: s, full: make(chan *batch, inFlight), done: make(chan struct{})})
	}
	return s
}

// run reads until the source ends, the context does or no reader is left. It
// returns after it has told every reader.
func (s *split) run(ctx context.Context) {
	var err error
	defer func() {
		for _, r := range s.readers {
			r.err = err
			close(r.full)
		}
	}()
	for number := int64(0); ; number += batchSize {
		b := s.take()
		b.requests = b.requests[:s.demand.Read(b.requests[:batchSize], s.source, number)]
		s.observe(b.requests)
		left := 0
		for _, r := range s.readers {
			select {
			case r.full <- b:
				left++
			case <-r.done:
				s.give(b)
			case <-ctx.Done():
			}
		}
		if len(b.requests) < batchSize {
			err = s.source.Err()
			return
		}
		if ctx.Err() != nil {
			err = ctx.Err() // for readers that have not looked at it yet
			return
		}
		if left == 0 {
			return
		}
	}
}

// take is a batch that all have read, or a new one.
func (s *split) take() *batch {
	var b *batch
	select {
	case b = <-s.free:
	default:
		b = &batch{requests: make([]replay.Request, batchSize)}
	}
	b.left.Store(int32(len(s.readers)))
	return b
}

// give says that a reader is through with a batch.
func (s *split) give(b *batch) {
	if b.left.Add(-1) > 0 {
		return
	}
	select {
	case s.free <- b:
	default:
	}
}

// reader is a source that gets what a split has read.
type reader struct {
	split *split
	full  chan *batch
	done  chan struct{} // closed when reading ends
	at    *batch
	left  []replay.Request // for Next
	err   error            // of the source; set before full is closed
	over  bool
}

// Batch is the next requests.
func (r *reader) Batch() []replay.Request {
	if r.at != nil {
		r.split.give(r.at)
		r.at = nil
	}
	for !r.over {
		b, ok := <-r.full
		if !ok {
			r.over = true
			break
		}
		if len(b.requests) > 0 {
			r.at = b
			return b.requests
		}
	}
	return nil
}

// Next is the next arrival.
func (r *reader) Next() (int64, bool) {
	if len(r.left) == 0 {
		if r.left = r.Batch(); len(r.left) == 0 {
			return 0, false
		}
	}
	at := r.left[0].At
	r.left = r.left[1:]
	return at, true
}

// Err says why the source ended early.
func (r *reader) Err() error {
	if !r.over {
		return nil
	}
	return r.err
}
