package behavior

import (
	"context"

	"ambi/compare/simulate"
)

// batch is how many arrivals are handed over at once.
const batch = 4096

// inFlight is how many batches wait for each reader: the faster target gets no
// further ahead than this.
const inFlight = 8

// split reads a source once and gives its arrivals to several readers, which
// run at the same time. A trace may be standard input, and may be longer than
// memory.
type split struct {
	source  simulate.Source
	readers []*reader
	observe func(at int64)
}

func newSplit(source simulate.Source, readers int, observe func(at int64)) *split {
	s := &split{source: source, observe: observe}
	for range readers {
		s.readers = append(s.readers, &reader{full: make(chan []int64, inFlight), done: make(chan struct{})})
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
	for {
		// Readers share a batch, and none writes to it.
		arrivals := make([]int64, 0, batch)
		for len(arrivals) < batch {
			at, ok := s.source.Next()
			if !ok {
				break
			}
			arrivals = append(arrivals, at)
			s.observe(at)
		}
		left := 0
		for _, r := range s.readers {
			select {
			case r.full <- arrivals:
				left++
			case <-r.done:
			case <-ctx.Done():
			}
		}
		if len(arrivals) < batch {
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

// reader is a source that gets what a split has read.
type reader struct {
	full chan []int64
	done chan struct{} // closed when nobody reads any more
	left []int64
	err  error // of the source; set before full is closed
	over bool
}

// Next is the next arrival.
func (r *reader) Next() (int64, bool) {
	for len(r.left) == 0 {
		if r.over {
			return 0, false
		}
		arrivals, ok := <-r.full
		if !ok {
			r.over = true
			return 0, false
		}
		r.left = arrivals
	}
	at := r.left[0]
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
