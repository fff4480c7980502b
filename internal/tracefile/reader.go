package tracefile

import (
	"context"
	"io"
	"os"
	"sync/atomic"

	"ambi/internal/problem"
)

// countingReader counts the bytes that are read, for another goroutine.
type countingReader struct {
	io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// interruptible is a reader that ends when a context does, even while it waits
// for a terminal.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptibleReader{ctx: ctx, reader: r, results: make(chan readResult, 1)}
}

type interruptibleReader struct {
	ctx     context.Context
	reader  io.Reader
	buffer  []byte
	results chan readResult
}

type readResult struct {
	n   int
	err error
}

func (r *interruptibleReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if _, plain := r.reader.(*os.File); !plain {
		return r.reader.Read(p)
	}
	if len(r.buffer) < len(p) {
		r.buffer = make([]byte, len(p))
	}
	// The buffer is the reader's own: a read that is given up may still end.
	go func(buffer []byte) {
		var result readResult
		result.err = problem.Guard(func() (err error) {
			result.n, err = r.reader.Read(buffer)
			return err
		})
		r.results <- result
	}(r.buffer[:len(p)])
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case result := <-r.results:
		return copy(p, r.buffer[:result.n]), result.err
	}
}
