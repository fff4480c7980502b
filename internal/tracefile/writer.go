package tracefile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"ambi/compare/demand/trace"
	"ambi/internal/outfile"
	"ambi/internal/problem"
)

// Writer writes the arrivals of a trace, a timestamp a line, after a line that says
// when the trace begins and ends. The file appears once it is finished. So does what
// goes to standard output or to a pipe, unless the trace's length is known before:
// its first line holds that. A nil Writer writes nothing.
type Writer struct {
	out    io.Writer
	file   *outfile.File // out, unless that is standard output
	spool  *os.File      // what goes to out at the end; nil where out takes it at once
	buffer *bufio.Writer
	packed *gzip.Writer // nil where the text is written as it is
	trace  *Trace
	began  time.Time // known once there is an arrival
	line   []byte
}

// Create starts a file for the trace, gzipped where its name ends in .gz; "-" is
// standard output. All errors of a Writer are the machine's.
func (s *Trace) Create(name string, stdout io.Writer) (*Writer, error) {
	w := &Writer{out: stdout, trace: s, line: make([]byte, 0, 64)}
	if err := w.create(name, s.Length); err != nil {
		return nil, errors.Join(problem.As(problem.Machine, err), w.Discard())
	}
	return w, nil
}

func (w *Writer) create(name string, length time.Duration) (err error) {
	if name != "-" {
		if w.file, err = outfile.Create(name); err != nil {
			return err
		}
		w.out = w.file
	}
	target := w.out
	if length == 0 && (w.file == nil || w.file.Through()) {
		if w.spool, err = os.CreateTemp("", "ambi-trace-*"); err != nil {
			return err
		}
		_ = os.Remove(w.spool.Name()) // Discard removes it where an open file cannot be
		target = w.spool
	}
	zipped := strings.HasSuffix(name, ".gz")
	// The line is as long before the trace's length is known.
	if _, err := target.Write(header(w.trace.began(), length, zipped)); err != nil {
		return err
	}
	if zipped {
		w.packed = gzip.NewWriter(target)
		target = w.packed
	}
	w.buffer = bufio.NewWriterSize(target, 1<<16)
	return nil
}

// began is when a trace begins that is written: 2024, for one without a date.
func (s *Trace) began() time.Time {
	if s.Reader != nil && !s.Reader.Began().IsZero() {
		return s.Reader.Began()
	}
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
}

// write adds an arrival.
func (w *Writer) write(at int64) error {
	if w == nil {
		return nil
	}
	if w.began.IsZero() {
		w.began = w.trace.began()
	}
	w.line = w.began.Add(time.Duration(at)).AppendFormat(w.line[:0], "2006-01-02T15:04:05.000000000Z")
	w.line = append(w.line, '\n')
	_, err := w.buffer.Write(w.line)
	return problem.As(problem.Machine, err)
}

// finish writes the first line, now that the trace's span is known, and brings the
// trace where it belongs.
func (w *Writer) finish(span time.Duration) error {
	if w == nil {
		return nil
	}
	err := w.buffer.Flush()
	if w.packed != nil {
		err = errors.Join(err, w.packed.Close())
	}
	if err == nil {
		err = w.complete(header(w.trace.began(), span, w.packed != nil))
	}
	return errors.Join(problem.As(problem.Machine, err), w.Discard())
}

func (w *Writer) complete(header []byte) error {
	switch {
	case w.spool != nil:
		if _, err := w.spool.WriteAt(header, 0); err != nil {
			return err
		}
		if _, err := w.spool.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w.out, w.spool); err != nil {
			return err
		}
	case w.file != nil && !w.file.Through():
		if _, err := w.file.WriteAt(header, 0); err != nil {
			return err
		}
	}
	if w.file == nil {
		return nil
	}
	return w.file.Commit()
}

// Discard removes what is temporary. After the trace was finished, or discarded
// before, there is nothing to remove.
func (w *Writer) Discard() error {
	if w == nil {
		return nil
	}
	var errs []error
	if w.spool != nil {
		errs = append(errs, w.spool.Close())
		_ = os.Remove(w.spool.Name()) // mostly gone already
		w.spool = nil
	}
	if w.file != nil {
		errs = append(errs, w.file.Discard())
		w.file = nil
	}
	return problem.As(problem.Machine, errors.Join(errs...))
}

// header is a trace's first line, zipped as a member of its own that is stored as
// it is: its length does not depend on the times.
func header(from time.Time, span time.Duration, zipped bool) []byte {
	line := []byte(trace.Header(from, span))
	if !zipped {
		return line
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.NoCompression) // a level that there is
	_, _ = w.Write(line)                                // a buffer takes all
	w.Close()
	return b.Bytes()
}
