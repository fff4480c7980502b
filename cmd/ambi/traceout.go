package main

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
)

// traceWriter writes arrivals to a file, after a line that says which time they
// are of; without a name it writes nothing. The file appears once it is
// finished. So does what goes to standard output or to a pipe, unless the trace's
// length is known before: its first line holds that.
func traceWriter(streams streams, name string, s *traceSource) (write func(at int64) error, finish func(done bool) error, err error) {
	if name == "" {
		return func(int64) error { return nil }, func(bool) error { return nil }, nil
	}
	w := &traceFile{out: streams.out.Document()}
	if name != "-" {
		if w.file, err = outfile.Create(name); err != nil {
			return nil, nil, machineError{err}
		}
		w.out = w.file
	}
	target := w.out
	if s.whole == 0 && (w.file == nil || w.file.Through()) {
		if w.spool, err = os.CreateTemp("", "ambi-trace-*"); err != nil {
			return nil, nil, machineError{errors.Join(err, w.close())}
		}
		_ = os.Remove(w.spool.Name()) // close removes it where an open file cannot be
		target = w.spool
	}
	zipped := strings.HasSuffix(name, ".gz")
	// The line is as long before the trace's length is known.
	if _, err := target.Write(traceHeader(s.began(), s.whole, zipped)); err != nil {
		return nil, nil, machineError{errors.Join(err, w.close())}
	}
	var packed *gzip.Writer
	if zipped {
		packed = gzip.NewWriter(target)
		target = packed
	}
	buffer := bufio.NewWriterSize(target, 1<<16)
	line := make([]byte, 0, 64)
	var begin time.Time
	write = func(at int64) error {
		if begin.IsZero() {
			begin = s.began()
		}
		line = begin.Add(time.Duration(at)).AppendFormat(line[:0], "2006-01-02T15:04:05.000000000Z")
		_, err := buffer.Write(append(line, '\n'))
		return err
	}
	finish = func(done bool) error {
		err := buffer.Flush()
		if packed != nil {
			err = errors.Join(err, packed.Close())
		}
		if done && err == nil {
			err = w.complete(traceHeader(s.began(), s.span(), zipped))
		}
		err = errors.Join(err, w.close())
		if err != nil {
			return machineError{err}
		}
		return nil
	}
	return write, finish, nil
}

// traceHeader is a trace's first line, zipped as a member of its own that is
// stored as it is: its length does not depend on the times.
func traceHeader(from time.Time, span time.Duration, zipped bool) []byte {
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

// traceFile is where a trace goes.
type traceFile struct {
	out   io.Writer
	file  *outfile.File // out, unless that is standard output
	spool *os.File      // what goes to out at the end; nil where out takes it at once
}

// complete writes the first line once it is known, and brings the trace where it
// belongs.
func (w *traceFile) complete(header []byte) error {
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

// close removes what is temporary.
func (w *traceFile) close() error {
	var errs []error
	if w.spool != nil {
		errs = append(errs, w.spool.Close())
		_ = os.Remove(w.spool.Name()) // mostly gone already
	}
	if w.file != nil {
		errs = append(errs, w.file.Discard())
	}
	return errors.Join(errs...)
}
