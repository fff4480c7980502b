// Package tracefile reads traces of requests from files and standard input, makes
// them of traffic, cuts them, measures them, writes them and counts them by the
// minute:
//
//	t, err := tracefile.Open(ctx, os.Stdin, "trace", "morning.csv", trace.Options{})
//	...
//	defer t.Close()
//	t.Cut(time.Hour)
//	for at, ok := t.Next(); ok; at, ok = t.Next() {
//
// It is the end of [ambi/compare/demand/trace] that touches the disk. It knows
// nothing of targets, prices and simulations.
package tracefile

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/simulate/replay"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// Trace is a trace of requests, which is read or made as it is used.
type Trace struct {
	trace.Source
	Name   string
	Reader *trace.Reader // nil for a trace that is made
	Made   string        // how it is made; empty for one that is read
	Length time.Duration // of a trace whose length is known beforehand; 0 otherwise

	err   func() error
	span  func() time.Duration
	close func()
	input *countingReader // of a file whose size is known
	size  int64
}

// Open opens a trace in a file, which a flag names; flag is empty for one that an
// argument names. The name "-" is standard input. Reading ends with the context.
func Open(ctx context.Context, stdin io.Reader, flag, name string, options trace.Options) (*Trace, error) {
	options.Name = name
	input, closeInput := &countingReader{Reader: stdin}, func() {}
	size := int64(0)
	if name == "-" {
		options.Name = "standard input"
	} else {
		file, err := inputfile.Open(flag, name, missingHints(flag, name)...)
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			size = info.Size()
		}
		input.Reader, closeInput = file, func() { file.Close() }
	}
	input.Reader = interruptible(ctx, input.Reader)
	reader, err := trace.Open(input, options)
	if err != nil {
		closeInput()
		return nil, Error(err)
	}
	return &Trace{
		Source: reader, Name: options.Name, Reader: reader, close: closeInput, span: reader.Span, input: input, size: size,
		err: func() error { return Error(reader.Err()) },
	}, nil
}

// missingHints explains a missing file whose name looks like SERVICE=FILE. The
// prefix is no service of the app: those are cut off before.
func missingHints(flag, name string) []string {
	prefix, _, found := strings.Cut(name, "=")
	if flag == "" || !found {
		return nil
	}
	return []string{"the app has no service " + prefix + ", so " + name + " is taken as the name of a file"}
}

// Error classifies an error of reading a trace: what is not wrong with the trace
// itself is the machine's fault.
func Error(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return problem.As(problem.Machine, err)
}

// Make makes a trace of traffic. With a span of 0 it is as long as is usual for
// the traffic's shape: a day, or a week of sporadic traffic.
func Make(t demand.Traffic, span time.Duration, seed uint64) (*Trace, error) {
	usual := 24 * time.Hour
	if t.Shape == spec.Sporadic {
		usual *= 7
	}
	span = cmp.Or(span, usual)
	made, err := trace.Synthesize(t, span, seed)
	if err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	return &Trace{
		Source: made, Name: string(t.Shape) + " traffic", Made: trace.Describe(t, span, seed),
		close: func() {}, span: made.Span, err: made.Err, Length: span,
	}, nil
}

// Close closes the trace's file.
func (s *Trace) Close() { s.close() }

// Err says why a trace ended early; see [replay.Source].
func (s *Trace) Err() error { return s.err() }

// Span is how long the trace is, known once it ended.
func (s *Trace) Span() time.Duration { return s.span() }

// Arrivals returns the trace as a simulator's source, which can skip where the
// trace can.
func (s *Trace) Arrivals() replay.Source {
	if skipper, ok := s.Source.(replay.Skipper); ok {
		return skipper
	}
	return s
}

// Used is the part of the trace that has been used at a time, from 0 to 1; -1 when
// neither its length nor its size is known.
func (s *Trace) Used(at time.Duration) float64 {
	switch {
	case s.Length > 0:
		return float64(at) / float64(s.Length)
	case s.size > 0:
		return float64(s.input.n.Load()) / float64(s.size)
	}
	return -1
}

// Description says in a few words what the trace is.
func (s *Trace) Description() string {
	if s.Made != "" {
		return s.Made
	}
	return "requests from " + filepath.Base(s.Name)
}

// Warnings says which lines were left out of a trace that was read to its end, and
// what else is missing.
func (s *Trace) Warnings() problem.List {
	if s.Reader == nil {
		return nil
	}
	var list problem.List
	for _, warning := range s.Reader.Warnings() {
		list = append(list, problem.File(s.Name, 0, "%s", warning))
	}
	for line := range strings.Lines(s.Reader.Skipped().String()) {
		list = append(list, problem.File(s.Name, 0, "%s", strings.TrimSuffix(line, "\n")))
	}
	return list
}

// Measure goes through the trace, and writes it where a writer is given; nil writes
// nothing. The writer is finished, or discarded when the trace cannot be read.
func (s *Trace) Measure(ctx context.Context, w *Writer) (figures trace.Figures, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Discard())
		}
	}()
	meter := trace.NewMeter()
	for n := 0; ; n++ {
		at, ok := s.Next()
		if !ok {
			break
		}
		if n%(1<<16) == 0 && ctx.Err() != nil {
			return trace.Figures{}, ctx.Err()
		}
		meter.Observe(at)
		if w == nil {
			meter.PassBusy(s.Source)
		}
		if err := w.write(at); err != nil {
			return trace.Figures{}, err
		}
	}
	if err := s.Err(); err != nil {
		return trace.Figures{}, err
	}
	if err := w.finish(s.Span()); err != nil {
		return trace.Figures{}, err
	}
	return meter.Figures(s.Span()), nil
}

// Cut ends a trace after some time; 0 cuts nothing.
func (s *Trace) Cut(span time.Duration) {
	if span == 0 {
		return
	}
	length := s.span
	s.span = func() time.Duration { return min(length(), span) }
	part := &until{Source: s.Source, end: int64(span), span: s.span}
	if skipper, ok := s.Source.(replay.Skipper); ok {
		s.Source = &untilSkipper{part, skipper}
		return
	}
	s.Source = part
}

// until is a trace up to a time.
type until struct {
	trace.Source
	end  int64
	span func() time.Duration
}

// Next is false from the end on.
func (u *until) Next() (at int64, ok bool) {
	at, ok = u.Source.Next()
	return at, ok && at < u.end
}

// Span is how long the part is.
func (u *until) Span() time.Duration { return u.span() }

// untilSkipper is one that can skip.
type untilSkipper struct {
	*until
	skipper replay.Skipper
}

// Skip goes on to a time, or to the end.
func (u *untilSkipper) Skip(to int64) float64 { return u.skipper.Skip(min(to, u.end)) }

// Err is the whole trace's.
func (u *untilSkipper) Err() error { return u.skipper.Err() }
