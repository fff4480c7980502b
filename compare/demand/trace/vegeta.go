package trace

import (
	"bytes"
	"slices"
)

// Vegeta is vegeta's results.
const Vegeta Format = "vegeta"

// vegeta reads what "vegeta encode" prints as CSV,
//
//	nanoseconds since 1970, status, latency in nanoseconds, bytes out, bytes in, error, body, attack, sequence, …
//
// or as JSON, an object a line with the same. Bytes are of bodies, out of the
// client and into it.
//
// https://pkg.go.dev/github.com/tsenart/vegeta/v12/lib#NewCSVEncoder,
// https://pkg.go.dev/github.com/tsenart/vegeta/v12/lib#NewJSONEncoder
func vegeta() format {
	return format{
		name: Vegeta,
		what: "what \"vegeta encode\" prints, as CSV or JSON",
		page: "https://pkg.go.dev/github.com/tsenart/vegeta/v12/lib#NewCSVEncoder",
		from: "`vegeta encode results.bin \\| ambi trace - --sort`",
		sniff: func(h head) bool {
			if keys := h.keys(); slices.Contains(keys, "attack") && slices.Contains(keys, "latency") && slices.Contains(keys, "timestamp") {
				return true
			}
			fields := split(h.first(), ',', nil)
			return len(fields) >= 9 && len(fields[0]) == 19 && len(fields[1]) <= 3 && vegetaLine(h.first(), &request{}) && quantity(fields[8], 1) >= 0
		},
		open: func(_ Options, l *lines) (records, error) {
			return newLog(l, "be a result of vegeta: a time, a status, a latency and bytes out and in", "latency", vegetaLine)
		},
	}
}

func vegetaLine(line []byte, r *request) bool {
	var at, latency, out, in []byte
	if line[0] == '{' {
		members(line, func(key, value []byte) {
			switch string(key) {
			case "timestamp":
				at = value
			case "latency":
				latency = value
			case "bytes_out":
				out = value
			case "bytes_in":
				in = value
			}
		})
	} else {
		at, latency, out, in = field(line, ',', 0), field(line, ',', 2), field(line, ',', 3), field(line, ',', 4)
		if bytes.ContainsAny(at, "-:") {
			return false
		}
	}
	var ok bool
	r.timestamp, ok = parseTimestamp(at)
	r.duration, r.received, r.respond = quantity(latency, 1), quantity(out, 1), quantity(in, 1)
	return ok && r.duration >= 0
}
