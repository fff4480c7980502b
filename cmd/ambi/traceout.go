package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ambi/compare/trace"
)

// traceWriter writes arrivals to a file, after a line that says which time they
// are of; without a name it writes nothing. The file appears once it is
// finished. So does what goes to standard output, unless the trace's length is
// known before.
func traceWriter(streams streams, name string, s *traceSource) (write func(at int64) error, finish func(done bool) error, err error) {
	if name == "" {
		return func(int64) error { return nil }, func(bool) error { return nil }, nil
	}
	var file *os.File
	target := streams.out.Document()
	if dir := filepath.Dir(name); name != "-" || s.whole == 0 {
		if name == "-" {
			dir = os.TempDir()
		}
		if file, err = os.CreateTemp(dir, ".ambi-trace-*"); err != nil {
			return nil, nil, machineError{err}
		}
		target = file
	}
	zipped := strings.HasSuffix(name, ".gz")
	// The line is as long before the trace's length is known.
	if _, err := target.Write(traceHeader(s.began(), s.whole, zipped)); err != nil {
		return nil, nil, machineError{errors.Join(err, discard(file))}
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
		if file != nil && (!done || err != nil) {
			err = errors.Join(err, discard(file))
		} else if file != nil {
			_, err = file.WriteAt(traceHeader(s.began(), s.span(), zipped), 0)
			if err == nil {
				err = keep(file, name, streams.out.Document())
			}
			if err != nil {
				err = errors.Join(err, discard(file))
			}
		}
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

// keep gives a temporary file its name, or copies it to standard output for "-".
func keep(file *os.File, name string, out io.Writer) error {
	if name == "-" {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(out, file); err != nil {
			return err
		}
		return discard(file)
	}
	if err := errors.Join(file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// discard removes a temporary file, if there is one.
func discard(file *os.File) error {
	if file == nil {
		return nil
	}
	if err := file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	if err := os.Remove(file.Name()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
