package trace

import "bytes"

// Envoy is the access log of Envoy, and of Istio's proxies.
const Envoy Format = "envoy"

// envoy reads Envoy's default format,
//
//	[START_TIME] "METHOD PATH PROTOCOL" CODE FLAGS BYTES_RECEIVED BYTES_SENT DURATION UPSTREAM_TIME …
//
// and Istio's, which has three fields more after FLAGS, the last of them quoted.
// Times are milliseconds. The duration is the upstream's, or the whole one where
// no upstream answered. Sizes are of bodies.
//
// https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string,
// https://istio.io/latest/docs/tasks/observability/logs/access-log/
func envoy() format {
	return format{
		name:  Envoy,
		what:  "the default access log of Envoy and Istio",
		page:  "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string",
		from:  "`kubectl logs deploy/NAME -c istio-proxy \\| ambi trace -`",
		sniff: sniffLog(envoyLine),
		open: func(_ Options, l *lines) (records, error) {
			return newLog(l, `begin with a time in brackets and a request in quotes, as in Envoy's default format`, "x-envoy-upstream-service-time", envoyLine)
		},
	}
}

func envoyLine(line []byte, r *request) bool {
	end := bytes.Index(line, []byte(`] "`))
	if line[0] != '[' || end < 0 {
		return false
	}
	var ok bool
	if r.timestamp, ok = parseTimestamp(line[1:end]); !ok || len(line) < 6 || line[5] != '-' {
		return false
	}
	var room [10][]byte // the request, and what follows
	w := words(line[end+2:], room[:])
	if len(w) < 6 {
		return false
	}
	at := 3
	if len(w) > 5 && w[5][0] == '"' {
		at = 6
	}
	if len(w) <= at+2 {
		return false
	}
	const millisecond = second / 1000
	r.received, r.respond, r.duration = quantity(w[at], 1), quantity(w[at+1], 1), quantity(w[at+2], millisecond)
	if len(w) > at+3 {
		if upstream := quantity(w[at+3], millisecond); upstream >= 0 {
			r.duration = upstream
		}
	}
	return r.received >= 0
}
