package trace

import (
	"bytes"
	"strings"
)

// request is what a line of a log says about one request.
type request struct {
	timestamp
	count             int64 // 1, but for a line that stands for none
	duration          int64 // nanoseconds; negative where the line does not say it
	received, respond int64 // bytes of the request and of the response; likewise
}

// logLines reads a format that has a line a request.
type logLines struct {
	lines   *lines
	parse   func(line []byte, r *request) bool
	must    string  // what a line must be
	request request // of the last line
}

// newLog starts to read a log. Usage's durations are those of a field.
func newLog(l *lines, must, field string, parse func(line []byte, r *request) bool) (records, error) {
	l.notes.usage.field = field
	return &logLines{lines: l, parse: parse, must: must}, nil
}

func (l *logLines) next() (record, error) {
	for {
		line, err := l.lines.next()
		if err != nil {
			return record{}, err
		}
		r := &l.request
		*r = request{count: 1, duration: -1, received: -1, respond: -1}
		if !l.parse(line, r) {
			if err := l.lines.skip("must %s, got %s", l.must, quote(line)); err != nil {
				return record{}, err
			}
			continue
		}
		l.lines.notes.usage.add(r)
		if r.count == 0 {
			continue
		}
		l.lines.notes.read++
		return record{at: r.at, width: r.width, count: r.count, line: l.lines.number}, nil
	}
}

// sniffLog reports whether a line at the begin of a text is a log's: a log whose
// first lines are damaged is still one.
func sniffLog(parse func(line []byte, r *request) bool) func(head) bool {
	return func(h head) bool {
		for _, line := range h.some(100) {
			if parse(line, &request{}) {
				return true
			}
		}
		return false
	}
}

// words splits a line at its spaces, but for those in double quotes, which stay.
// It fills as many as there is room for, and returns those that there are. None is
// empty.
func words(line []byte, room [][]byte) [][]byte {
	n := 0
	line = bytes.TrimLeft(line, " ")
	for len(line) > 0 && n < len(room) {
		end := bytes.IndexByte(line, ' ')
		if line[0] == '"' {
			if end = closing(line); end > 0 {
				end++
			}
		}
		if end < 0 || end > len(line) {
			end = len(line)
		}
		room[n] = line[:end]
		n++
		line = bytes.TrimLeft(line[end:], " ")
	}
	return room[:n]
}

// closing is where the quoted text that a line begins with ends; -1 where it does
// not. A backslash takes the meaning from a quote.
func closing(line []byte) int {
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// quantity reads a decimal number of some unit, such as seconds in nanoseconds;
// negative for "-", "-1" and whatever else is no number.
func quantity(text []byte, unit int64) int64 {
	whole, rest := digits(unquote(bytes.TrimSpace(text)))
	if len(whole) == 0 || len(whole) > 15 {
		return -1
	}
	fraction, ok := parseFraction(rest, unit)
	n := int64(number(whole))
	if !ok || n > maxQuantity/unit {
		return -1
	}
	return n*unit + fraction
}

// maxQuantity bounds what is believed of a duration or a size.
const maxQuantity = 1 << 60

// hasAny reports whether a text begins with one of some words.
func hasAny(text []byte, begins ...string) bool {
	for _, b := range begins {
		if strings.HasPrefix(string(text[:min(len(text), len(b))]), b) {
			return true
		}
	}
	return false
}
