package trace

import "bytes"

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

func (s *stamps) accessLine(line []byte, r *request) bool {
	end := bytes.Index(line, []byte(`] "`))
	if end < 0 {
		return false
	}
	begin := bytes.LastIndexByte(line[:end], '[')
	if begin <= 0 { // a log that begins with its time is another one
		return false
	}
	var ok bool
	if r.timestamp, ok = s.bracketed(line[begin+1 : end]); !ok {
		return false
	}
	rest := line[end+2:]
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
