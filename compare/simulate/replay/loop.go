package replay

import (
	"context"
	"fmt"
	"math"
)

// Loop hands a simulator the requests of a trace, one by one, until the trace or
// the run ends:
//
//	loop := replay.NewLoop(ctx, requests, options)
//	for loop.Next() {
//		serve(loop.At, loop.Request)
//	}
//	if err := loop.Err(); err != nil {
//		return err
//	}
type Loop struct {
	Request *Request
	Number  int64 // of the request, from 0
	At      int64 // when it comes, on the simulator's clock; after the last one it stays
	End     int64 // of the run; math.MaxInt64 where only the trace's end ends it
	Partial bool  // the context ended before the run did

	ctx      context.Context
	requests Requests
	options  Options
	batch    []Request // what is left of it
	err      error
}

// NewLoop begins before the first request.
func NewLoop(ctx context.Context, requests Requests, options Options) *Loop {
	l := &Loop{ctx: ctx, requests: requests, options: options, End: math.MaxInt64}
	if end := options.End(); end > 0 {
		l.End = end
	}
	return l
}

// Next goes on to the next request; false when there is none.
func (l *Loop) Next() bool {
	if l.Request != nil {
		if !l.options.Poll(l.ctx, l.Number, l.At) {
			l.Partial = true
			return false
		}
		l.Number++
	}
	if len(l.batch) == 0 {
		if l.batch = l.requests.Batch(); len(l.batch) == 0 {
			return false
		}
	}
	l.Request, l.batch = &l.batch[0], l.batch[1:]
	at := l.Request.At
	if l.options.Through {
		at = l.options.Plan.Trace(at)
	}
	if at >= l.End {
		return false
	}
	if at < l.At {
		l.err = fmt.Errorf("arrival %d at %d ns comes after one at %d ns", l.Number+1, at, l.At)
		return false
	}
	l.At = at
	return true
}

// Err says why a trace could not be run; nil when it ended as it should, or when
// the run was stopped, which Partial says.
func (l *Loop) Err() error {
	if l.err != nil {
		return l.err
	}
	err := l.requests.Err()
	if WasStopped(l.ctx, err) {
		l.Partial = true
		return nil
	}
	return err
}

// Limited reports whether the run ends at a time, and not with the last answer.
func (l *Loop) Limited() bool { return l.End < math.MaxInt64 }
