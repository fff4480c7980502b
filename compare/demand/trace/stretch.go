package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// stretch is the time that a trace is of, in nanoseconds since 1970: the quiet
// before its first request and after its last one is part of it.
type stretch struct{ from, to int64 }

const (
	stretchBegin = "# ambi trace from "
	stretchForm  = "2006-01-02T15:04:05.000000000Z"
)

// Header is the first line of a written trace. It says which time the trace is
// of, so that the quiet before the first request and after the last one is kept:
//
//	# ambi trace from 2026-03-01T00:00:00.000000000Z to 2026-03-02T00:00:00.000000000Z
//
// Open takes it as the trace's begin and span. It has the same length for any
// times.
func Header(from time.Time, span time.Duration) string {
	return stretchBegin + from.UTC().Format(stretchForm) + " to " + from.Add(span).UTC().Format(stretchForm) + "\n"
}

// stretchOf reads a text's Header without taking it; nil when it has none.
func stretchOf(text *bufio.Reader, notes *notes) (*stretch, error) {
	for _, n := range []int{len(stretchBegin), 256} {
		head, err := text.Peek(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, damaged(err, notes.name)
		}
		line, is := bytes.CutPrefix(head, []byte(stretchBegin))
		if !is {
			return nil, nil
		}
		line, _, whole := bytes.Cut(line, []byte("\n"))
		if n < 256 && !whole {
			continue
		}
		first, second, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" to "))
		from, ok := parseTimestamp(first)
		to, okTo := parseTimestamp(second)
		if !ok || !okTo {
			return nil, notes.fail(1, fmt.Sprintf("must be %q and two timestamps, got %s",
				stretchBegin+"2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z", quote(bytes.TrimSpace(line))),
				"without this line, the trace is as long as from its first request to its last")
		}
		if to.at < from.at {
			return nil, notes.fail(1, fmt.Sprintf("must not end before it begins, got %s to %s", moment(from.at), moment(to.at)))
		}
		return &stretch{from.at, to.at}, nil
	}
	return nil, nil
}

// hold fails for a record outside of the stretch, and ends one with it. None
// holds all.
func (s *stretch) hold(r *record, notes *notes) error {
	switch {
	case s == nil:
	case r.at < s.from:
		return notes.fail(r.line, fmt.Sprintf("%s is before %s, where line 1 says that the trace begins", moment(r.at), moment(s.from)))
	case r.at > s.to:
		return notes.fail(r.line, fmt.Sprintf("%s is after %s, where line 1 says that the trace ends", moment(r.at), moment(s.to)))
	default:
		r.width = min(r.width, s.to-r.at)
	}
	return nil
}
