package trace

import "bytes"

// HAProxy is HAProxy's HTTP log.
const HAProxy Format = "haproxy"

// haproxy reads what "option httplog" writes, with or without syslog's words before it:
//
//	CLIENT:PORT [06/Feb/2009:12:14:14.655] FRONTEND BACKEND/SERVER TR/Tw/Tc/Tr/Ta STATUS BYTES …
//
// The time has no zone and is taken to be UTC. The duration is Tr, the milliseconds
// until the server's response came; -1 where none did. The bytes are the response's,
// with its headers.
//
// https://docs.haproxy.org/3.0/configuration.html#8.2.3
func haproxy() format {
	return format{
		name:  HAProxy,
		what:  "HAProxy's HTTP log, of \"option httplog\"",
		page:  "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
		from:  "`ambi trace /var/log/haproxy.log --sort`",
		sniff: sniffLog(haproxyLine),
		open: func(_ Options, l *lines) (records, error) {
			return newLog(l, "have a time such as [06/Feb/2009:12:14:14.655], a frontend, a server and five times, as \"option httplog\" writes them", "Tr", haproxyLine)
		},
	}
}

func haproxyLine(line []byte, r *request) bool {
	end := bytes.Index(line, []byte("] "))
	for end >= 0 { // syslog's haproxy[123]: has brackets, too
		begin := bytes.LastIndexByte(line[:end], '[')
		if begin >= 0 {
			if t, ok := parseLogDate(line[begin+1 : end]); ok {
				r.timestamp = t
				break
			}
		}
		next := bytes.Index(line[end+2:], []byte("] "))
		if next < 0 {
			return false
		}
		end += 2 + next
	}
	if end < 0 {
		return false
	}
	var room [5][]byte // frontend, backend/server, times, status, bytes
	w := words(line[end+2:], room[:])
	if len(w) < 5 || bytes.Count(w[2], []byte("/")) != 4 || w[0][0] == '"' {
		return false
	}
	r.duration, r.respond = quantity(field(w[2], '/', 3), second/1000), quantity(bytes.TrimPrefix(w[4], []byte("+")), 1)
	return true
}
