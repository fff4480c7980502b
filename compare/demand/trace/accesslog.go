package trace

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"ambi/internal/problem"
)

// AccessLog is the common or combined log format of Apache, nginx and others.
const AccessLog Format = "access-log"

// accessLog reads HOST IDENT USER [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326,
// and whatever follows. The time may have milliseconds, or be in ISO 8601, as
// Apache's %{...}t and nginx's $time_iso8601 write it. The bytes are the response's
// body; a dash is none.
//
// https://httpd.apache.org/docs/2.4/logs.html#accesslog,
// https://nginx.org/en/docs/http/ngx_http_log_module.html
func accessLog() format {
	return format{
		name: AccessLog,
		what: "the common or combined format of Apache, nginx and others",
		page: "https://httpd.apache.org/docs/2.4/logs.html#accesslog",
		from: "`zcat access.log.*.gz \\| ambi trace - --sort`",
		sniff: func(h head) bool {
			var times stamps
			return sniffLog(times.accessLine)(h)
		},
		open: func(_ Options, l *lines) (records, error) {
			var times stamps
			return newLog(l, "have a time such as [10/Oct/2000:13:55:36 -0700] and then a request in quotes", "", times.accessLine)
		},
	}
}

// stamps remembers the time that it read last: lines of one second have the same.
type stamps struct {
	text []byte
	last timestamp
}

// bracketed reads a time as logs have it in brackets.
func (s *stamps) bracketed(text []byte) (timestamp, bool) {
	if len(text) > 0 && bytes.Equal(text, s.text) {
		return s.last, true
	}
	t, ok := parseLogDate(text)
	if !ok && len(text) > 10 && text[4] == '-' {
		t, ok = parseTimestamp(text)
	}
	if ok {
		s.text, s.last = append(s.text[:0], text...), t
	}
	return t, ok
}

// access splits a line: its time, and what follows, which begins with the request in quotes.
func (s *stamps) access(line []byte) (at timestamp, rest []byte, ok bool) {
	end := bytes.Index(line, []byte(`] "`))
	if end < 0 {
		return timestamp{}, nil, false
	}
	begin := bytes.LastIndexByte(line[:end], '[')
	if begin <= 0 { // a log that begins with its time is another one
		return timestamp{}, nil, false
	}
	at, ok = s.bracketed(line[begin+1 : end])
	return at, line[end+2:], ok
}

func (s *stamps) accessLine(line []byte, r *request) bool {
	at, rest, ok := s.access(line)
	if !ok {
		return false
	}
	r.timestamp = at
	if quoted := closing(rest); quoted > 0 {
		var after [2][]byte // status, bytes
		if w := words(rest[quoted+1:], after[:]); len(w) == 2 {
			if r.respond = quantity(w[1], 1); len(w[1]) == 1 && w[1][0] == '-' {
				r.respond = 0
			}
		}
	}
	return true
}

// Access is a request as an access log has it.
type Access struct {
	At           time.Duration // since the first
	Method, Path string        // the path with its query
}

// ReadAccesses reads an access log in the common or combined format, gzipped or not, at most
// some of its requests. They come in order of time; those of one second are spread over it
// evenly. Lines that cannot be read are counted, up to a tenth of them.
func ReadAccesses(r io.Reader, name string, most int) (all []Access, skipped int64, err error) {
	text, err := unmarked(r, name)
	if err != nil {
		return nil, 0, err
	}
	notes := &notes{name: name}
	lines := &lines{text: text, notes: notes}
	var times stamps
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, damaged(err, name)
		}
		at, rest, ok := times.access(line)
		var words []string
		if quoted := closing(rest); ok && quoted > 0 {
			words = strings.Fields(string(rest[1:quoted]))
		}
		if len(words) < 2 || !strings.HasPrefix(words[1], "/") || strings.ContainsAny(words[1], "#\\") {
			if err := lines.skip("must have a time such as [10/Oct/2000:13:55:36 -0700] and then a request in quotes, got %s", quote(line)); err != nil {
				return nil, 0, err
			}
			continue
		}
		notes.read++
		if len(all) == most {
			return nil, 0, problem.File(name, lines.number, "has more than %d requests", most)
		}
		all = append(all, Access{time.Duration(at.at), words[0], words[1]})
	}
	if err := notes.finish(); err != nil {
		return nil, 0, err
	}
	if len(all) == 0 {
		return nil, 0, problem.File(name, 0, "has no request in it")
	}
	slices.SortStableFunc(all, func(a, b Access) int { return int(max(min(a.At-b.At, 1), -1)) })
	first := all[0].At
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n].At == all[i].At {
			n++
		}
		for k := n - 1; k >= 0; k-- {
			all[i+k].At += time.Duration(k)*time.Second/time.Duration(n) - first
		}
		i += n
	}
	return all, notes.skipped, nil
}
