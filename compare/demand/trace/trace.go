// Package trace reads, makes and measures traces: the moments at which requests
// arrive.
//
//	reader, err := trace.Open(file, trace.Options{Name: "access.log"})
//	for at, ok := reader.Next(); ok; at, ok = reader.Next() {
//		// at is nanoseconds since the trace began
//	}
//	err = reader.Err()
//
// Open finds out the format, and whether the text is gzipped. What teams have
// is read: access logs, JSON lines, exports of metrics, results of load tests, and
// tables with a row a request or a row an interval; format.go has the table of
// formats, in which each names its documentation. Where it cannot be told which
// column counts, Open asks instead of guessing. What a log says besides about its
// requests, how long they took and how large they were, Usage returns.
// Synthesize makes a trace of a known shape instead, and
// Measure tells a trace's figures.
//
// Everything streams: memory does not grow with a trace's length, but for
// metrics in JSON, which come in no order, and for input that is to be
// sorted; both have a stated limit. Lines that cannot be read are skipped and
// counted, up to a limit, or end the reading (Options.Strict).
//
// Two kinds of input know less than the moment of a request: counts of an
// interval, and timestamps in whole seconds. Their requests are spread over the
// interval by a rule (see Spread) whose random numbers come from a seed, so that
// the same input gives the same arrivals on every machine.
package trace

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"ambi/internal/problem"
)

// Options say how to read a trace. The zero Options find everything out.
type Options struct {
	Name   string // in errors; "trace" when empty
	Format Format // found out when empty
	// Strict makes the first lines that cannot be read an error.
	Strict bool
	// Sort sorts lines by their time first, in memory: MaxSorted of them at most.
	Sort bool
	// Interval is what one count stands for, where the input leaves it open.
	// When 0 it is the distance of the first two timestamps.
	Interval time.Duration
	// TimeColumn and CountColumn say which column of a table, or which key of JSON
	// lines, is the time and the count: its name, or its number from 1. A
	// CountColumn of None says that each row is a request.
	TimeColumn, CountColumn string
	// Series picks rows or metrics by name, where the input has several: their
	// sum is read.
	Series []string
	// Match leaves out lines that it does not match; nil leaves out none.
	Match  *regexp.Regexp
	Spread Spread
	Seed   uint64
}

// Reader reads a trace. It is a source of arrivals.
type Reader struct {
	options Options
	records records
	notes   *notes
	spread  spreader
	ahead   record // read and not yet spread; none when its line is 0
	samples []Sample
	stretch *stretch // as the first line says
	origin  int64
	begun   bool // a record was read, or the first line says when
	any     bool // one of them had a request
	done    bool
	end     int64
	err     error
}

// record is a count of requests in an interval.
type record struct {
	at    int64 // nanoseconds since 1970
	width int64 // nanoseconds; 0 is a moment
	count int64
	line  int
}

// records are what a format's own reader gives. The error is io.EOF at the end.
type records interface {
	next() (record, error)
}

// Open starts to read a trace and finds out its format. Errors are problems
// about the text, or whatever the reader fails with.
func Open(r io.Reader, options Options) (*Reader, error) {
	if options.Name == "" {
		options.Name = "trace"
	}
	text, err := unmarked(r, options.Name)
	if err != nil {
		return nil, err
	}
	notes := &notes{name: options.Name, strict: options.Strict}
	stretch, err := stretchOf(text, notes)
	if err != nil {
		return nil, err
	}
	lines := &lines{text: text, match: options.Match, notes: notes}
	h, err := headOf(text, options.Match, options.Name)
	if err != nil {
		return nil, err
	}
	format, known := formatOf(options.Format)
	switch {
	case options.Format == "":
		if format, err = detect(h, options, notes); err != nil {
			return nil, err
		}
	case !known:
		_, err := ParseFormat(string(options.Format))
		return nil, problem.Each(err, func(p *problem.Problem) { p.Field, p.Kind = "format", problem.Misuse })
	}
	options.Format = format.name
	records, err := open(format, options, lines)
	if err != nil {
		return nil, err
	}
	if options.Sort {
		if records, err = sorted(records, notes); err != nil {
			return nil, err
		}
	}
	reader := &Reader{options: options, records: records, notes: notes, spread: newSpreader(options.Spread, options.Seed), stretch: stretch}
	if stretch != nil {
		reader.begun, reader.origin, reader.end = true, stretch.from, stretch.to
	}
	return reader, nil
}

// peeked is how much of the text is looked at to find out what it is.
const peeked = 256 << 10

// unmarked buffers the text, unpacks it when it is gzipped, and takes off a byte
// order mark.
func unmarked(r io.Reader, name string) (*bufio.Reader, error) {
	text, err := uncompressed(r, name)
	if err != nil {
		return nil, err
	}
	begin, err := text.Peek(len(mark))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, damaged(err, name)
	}
	switch {
	case string(begin) == mark:
		_, err = text.Discard(len(mark))
	case len(begin) > 1 && (string(begin[:2]) == "\xff\xfe" || string(begin[:2]) == "\xfe\xff"):
		return nil, problem.File(name, 0, "is in UTF-16, and must be in UTF-8").Hint("iconv -f UTF-16 -t UTF-8 FILE writes it so")
	default:
		err = nil
	}
	return text, err
}

// mark is the byte order mark of UTF-8.
const mark = "\xef\xbb\xbf"

// uncompressed buffers the text, and unpacks it when it is gzipped.
func uncompressed(r io.Reader, name string) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(r, peeked)
	magic, err := text.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return text, nil
	}
	unpacked, err := gzip.NewReader(text)
	if err != nil {
		return nil, problem.File(name, 0, "is gzipped, and damaged: %v", err)
	}
	return bufio.NewReaderSize(unpacked, peeked), nil
}

// Next is the next arrival, in nanoseconds since the trace began: since its
// first timestamp, or since its first interval did, or since the begin that its
// first line says (see Header). It is false at the end, and
// after an error; see Err.
func (r *Reader) Next() (at int64, ok bool) {
	for {
		if at, ok := r.spread.next(); ok {
			return at - r.origin, true
		}
		if r.done {
			return 0, false
		}
		r.advance()
	}
}

// Skip goes on to a time: the next arrival is not before it. It returns how many
// arrivals were passed over. Those of one count are not spread first, so they
// take no time, however many they are.
func (r *Reader) Skip(to int64) float64 {
	passed := int64(0)
	for {
		n, left := r.spread.skip(to + r.origin)
		if passed += n; left || r.done {
			return float64(passed)
		}
		r.advance()
	}
}

// advance spreads one record, or ends the reading.
func (r *Reader) advance() {
	current := r.ahead
	for {
		next, err := r.records.next()
		if err != nil {
			r.ahead, r.done = record{}, true
			if !errors.Is(err, io.EOF) {
				r.err = damaged(err, r.options.Name)
				return
			}
			r.err = r.notes.finish()
			if r.any = r.any || current.count > 0; r.err == nil && !r.any {
				r.err = r.notes.fail(0, "has no request in it")
			}
			break
		}
		if len(r.samples) < sampled {
			r.samples = append(r.samples, sampleOf(next))
		}
		if r.err = r.stretch.hold(&next, r.notes); r.err != nil {
			r.done = true
			return
		}
		if !r.begun {
			r.begun, r.origin = true, next.at
		}
		if next.at < current.at && current.line > 0 {
			r.done = true
			r.err = r.notes.fail(next.line, fmt.Sprintf("%s is before %s, the time of line %d", moment(next.at), moment(current.at), current.line),
				"ambi trace FILE --sort --out NEW sorts them")
			return
		}
		if current.line == 0 || next.at == current.at {
			next.count += current.count
			next.width = max(next.width, current.width)
			current = next
			continue
		}
		current.width = min(current.width, next.at-current.at)
		r.ahead = next
		break
	}
	r.any = r.any || current.count > 0
	r.spread.add(current)
	r.end = max(r.end, current.at+current.width)
}

// damaged tells what is wrong with a text that could not be read to its end.
func damaged(err error, name string) error {
	if problem.All(err).Kind() == problem.Invalid {
		return err
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) {
		return problem.File(name, 0, "is gzipped, and damaged: %v", err)
	}
	return err
}

// Err is what ended the reading; nil at the trace's end.
func (r *Reader) Err() error { return r.err }

// Format is the trace's format, as given or found out.
func (r *Reader) Format() Format { return r.options.Format }

// Columns are what was read of a table, counted from 1.
type Columns struct {
	Times  int `json:"times"`
	Counts int `json:"counts,omitempty"` // left out where a row is a request
}

// Columns are those that are read of CSV and Timestamps; none of other formats.
func (r *Reader) Columns() Columns { return r.notes.columns }

// Sample is one of the first rows of a trace, as it was read.
type Sample struct {
	Line     int       `json:"line"` // of the input; of JSON that has none, the point
	Time     time.Time `json:"time,omitzero"`
	Seconds  float64   `json:"seconds,omitempty"` // in place of a time without a date
	Requests int64     `json:"requests"`
}

// sampled is how many rows are shown.
const sampled = 3

func sampleOf(r record) Sample {
	s := Sample{Line: r.line, Requests: r.count}
	if r.at >= dated {
		s.Time = time.Unix(0, r.at).UTC()
	} else {
		s.Seconds = float64(r.at) / 1e9
	}
	return s
}

// Samples are the first three rows, known once Next was called.
func (r *Reader) Samples() []Sample { return slices.Clone(r.samples) }

// Period is what one count stands for, and whether that is assumed from the
// distance of times; 0 where a row is a request.
func (r *Reader) Period() (period time.Duration, assumed bool) {
	return r.notes.period, r.notes.assumed
}

// Usage is what the lines that were read say about their requests. It ends the
// reading.
func (r *Reader) Usage() Usage { return r.notes.usage.usage() }

// Began is when the trace began, known once Next was called. It is the zero
// time for a trace without a date: one that begins before 1973.
func (r *Reader) Began() time.Time {
	if !r.begun || r.origin < dated {
		return time.Time{}
	}
	return time.Unix(0, r.origin).UTC()
}

// Span is how long the trace is: as its first line says (see Header), or else
// from its first timestamp to the end of its last interval, as far as it was
// read.
func (r *Reader) Span() time.Duration {
	if !r.begun {
		return 0
	}
	return time.Duration(max(0, r.end-r.origin))
}

// Skipped tells the lines that could not be read so far.
func (r *Reader) Skipped() Skipped {
	return Skipped{Lines: r.notes.skipped, Of: r.notes.skipped + r.notes.read, First: slices.Clone(r.notes.problems)}
}

// Warnings say in what way the trace is not complete, where its text tells: what
// CloudWatch marks as partial.
func (r *Reader) Warnings() []string { return slices.Clone(r.notes.warnings) }

// MaxSorted is how many records Options.Sort takes: 640 MB of them.
const MaxSorted = 20_000_000

// sorted reads all records and gives them in order of time.
func sorted(from records, notes *notes) (records, error) {
	var all list
	for {
		r, err := from.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, damaged(err, notes.name)
		}
		if len(all) == MaxSorted {
			return nil, notes.fail(r.line, fmt.Sprintf("only %d lines can be sorted in memory", MaxSorted),
				"sort the file first, for instance with sort(1)")
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, byTime)
	return &all, nil
}

// byTime orders records.
func byTime(a, b record) int { return cmp.Compare(a.at, b.at) }

// list gives records that are in memory.
type list []record

func (l *list) next() (record, error) {
	if len(*l) == 0 {
		return record{}, io.EOF
	}
	first := (*l)[0]
	*l = (*l)[1:]
	return first, nil
}
