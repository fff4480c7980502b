package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// table reads a row a request, or a row an interval with its count.
type table struct {
	lines     *lines
	separator byte
	time      int  // column
	single    bool // there is one column
	count     int  // column; -1 when a row is a request
	head      []byte
	headLine  int
	interval  int64
	given     bool    // the interval, by the user
	first     *record // held until the interval is known
	pending   *record // to be given before another row is read
	last      int64
	begun     bool
}

// newTable looks at the first row, which may be a header.
func newTable(options Options, l *lines) (records, error) {
	t := &table{lines: l, count: -1, interval: int64(options.Interval), given: options.Interval > 0}
	head, err := l.next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		return nil, err
	}
	t.separator = separatorOf(head)
	fields := split(head, t.separator)
	t.single = len(fields) == 1
	_, isTime := parseTimestamp(fields[0])
	onlyTimes := options.Format == Timestamps
	if isTime || !isHeader(fields) {
		if len(fields) == 2 && !onlyTimes {
			if _, ok := parseCount(fields[1]); ok {
				t.count = 1
			}
		}
		t.head, t.headLine = slices.Clone(head), l.number
		return t, nil
	}
	if t.time = column(fields, timeNames()); t.time < 0 {
		return nil, l.notes.fail(l.number, fmt.Sprintf("no column is named as a time, got %s", quote(head)),
			"name one "+strings.Join(timeNames()[:4], ", ")+" or the like, or leave the header out")
	}
	if !onlyTimes {
		t.count = column(fields, countNames())
	}
	return t, nil
}

// separatorOf is what a row's columns are separated by.
func separatorOf(row []byte) byte {
	for _, c := range []byte{',', ';', '\t'} {
		if bytes.IndexByte(row, c) >= 0 {
			return c
		}
	}
	return ','
}

// split splits a row. Quoted separators are the only thing of CSV that a time
// or a count can do without.
func split(row []byte, separator byte) [][]byte { return bytes.Split(row, []byte{separator}) }

// field is one column of a row; nil when it has fewer.
func field(row []byte, separator byte, n int) []byte {
	for ; n > 0; n-- {
		at := bytes.IndexByte(row, separator)
		if at < 0 {
			return nil
		}
		row = row[at+1:]
	}
	if at := bytes.IndexByte(row, separator); at >= 0 {
		row = row[:at]
	}
	return row
}

// isHeader reports whether a first row names columns: none of them is a number.
func isHeader(fields [][]byte) bool {
	for _, f := range fields {
		f = unquote(bytes.TrimSpace(f))
		if len(f) == 0 || (f[0] < 'A' && f[0] != '@' && f[0] != '_') {
			return false
		}
	}
	return true
}

// column is the first column with one of some names; -1 when there is none.
func column(header [][]byte, names []string) int {
	for _, name := range names {
		for i, field := range header {
			if plain(field) == name {
				return i
			}
		}
	}
	return -1
}

// plain is a column's name without what people write differently.
func plain(name []byte) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", "@", "", `"`, "").Replace(string(name)))
}

func timeNames() []string {
	return []string{
		"timestamp", "time", "date", "datetime", "ts", "at", "arrival", "arrivaltime", "starttime", "start", "timelocal", "requesttime",
		"eventtime", "invocationtime", "minute", "hour",
	}
}

func countNames() []string {
	return []string{"count", "counts", "requests", "requestcount", "invocations", "hits", "calls", "sum", "samplecount", "value", "total", "n"}
}

// parseCount reads a whole number of requests, also as 12.0.
func parseCount(text []byte) (int64, bool) {
	whole, rest := digits(unquote(bytes.TrimSpace(text)))
	if len(whole) == 0 || len(whole) > 15 {
		return 0, false
	}
	if len(rest) > 0 {
		zeros := bytes.TrimRight(rest[1:], "0")
		if rest[0] != '.' || len(rest) == 1 || len(zeros) > 0 {
			return 0, false
		}
	}
	n := int64(number(whole))
	return n, n <= maxCount
}

// maxCount bounds one count: a million a second over a month.
const maxCount = 1e6 * 31 * 86400

const mustBeCount = "must be a whole number of requests, got %s"

// next gives requests as they come, and counts with their interval.
func (t *table) next() (record, error) {
	if t.count < 0 {
		return t.row()
	}
	for {
		if t.pending != nil {
			r := *t.pending
			t.pending = nil
			return r, nil
		}
		r, err := t.row()
		switch {
		case errors.Is(err, io.EOF) && t.first != nil:
			r, t.first = *t.first, nil
			if t.interval == 0 {
				return record{}, t.lines.notes.fail(r.line, "one timestamp with a count does not say which interval it counts", "ambi trace FILE --interval 1m --out NEW says it, for instance")
			}
			r.width = t.interval
			return r, nil
		case err != nil:
			return record{}, err
		case t.interval == 0 && t.first == nil:
			t.first = &r
			continue
		case t.interval == 0 && r.at == t.first.at:
			t.first.count += r.count
			continue
		case t.interval == 0:
			// Lines that are to be sorted may come in the other direction.
			t.interval = max(r.at-t.first.at, t.first.at-r.at)
			t.last, t.begun = r.at, true
			first := *t.first
			first.width, r.width = t.interval, t.interval
			t.first, t.pending = nil, &r
			return first, nil
		}
		if distance := r.at - t.last; t.begun && distance != 0 && max(distance, -distance) < t.interval {
			return record{}, t.closer(r, max(distance, -distance))
		}
		t.last, t.begun = r.at, true
		r.width = t.interval
		return r, nil
	}
}

func (t *table) closer(r record, distance int64) error {
	d, interval := time.Duration(distance), time.Duration(t.interval)
	if t.given {
		return t.lines.notes.fail(r.line, fmt.Sprintf("is %s after the count before it, and a count is of %s", d, interval),
			fmt.Sprintf("ambi trace FILE --interval %s --out NEW says another one", d))
	}
	return t.lines.notes.fail(r.line, fmt.Sprintf("is %s after the count before it, and the first two are %s apart", d, interval),
		fmt.Sprintf("ambi trace FILE --interval %s --out NEW says what a count is of", d))
}

// row reads one row.
func (t *table) row() (record, error) {
	for {
		line, number := t.head, t.headLine
		if t.head = nil; line == nil {
			var err error
			if line, err = t.lines.next(); err != nil {
				return record{}, err
			}
			number = t.lines.number
		}
		cell := field(line, t.separator, t.time)
		at, ok := parseTimestamp(cell)
		if !ok {
			if err := t.lines.notes.skip(number, fmt.Sprintf("%s, got %s", mustBeTimestamp, quote(cell))); err != nil {
				return record{}, err
			}
			continue
		}
		r := record{at: at.at, width: at.width, count: 1, line: number}
		if t.count >= 0 {
			cell := field(line, t.separator, t.count)
			if r.count, ok = parseCount(cell); !ok {
				if err := t.lines.notes.skip(number, fmt.Sprintf(mustBeCount, quote(cell))); err != nil {
					return record{}, err
				}
				continue
			}
		}
		t.lines.notes.read++
		return r, nil
	}
}
