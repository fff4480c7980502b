package trace

import "slices"

// K6 is the results of k6.
const K6 Format = "k6"

// k6 reads what "k6 run --out csv=FILE" writes,
//
//	metric_name,timestamp,metric_value,…
//
// or "--out json=FILE", an object {"type":"Point","metric":…,"data":{"time":…,"value":…}}
// a line. The points of http_reqs are the requests. The durations are those of
// http_req_duration, in milliseconds, without connecting.
//
// https://grafana.com/docs/k6/latest/results-output/real-time/csv/,
// https://grafana.com/docs/k6/latest/results-output/real-time/json/
func k6() format {
	return format{
		name: K6,
		what: "what k6 writes, by --out csv or --out json",
		page: "https://grafana.com/docs/k6/latest/results-output/real-time/csv/",
		from: "`k6 run --out csv=results.csv script.js`",
		sniff: func(h head) bool {
			keys := h.keys()
			return hasAny(h.first(), "metric_name,timestamp,metric_value") ||
				slices.Contains(keys, "metric") && slices.Contains(keys, "type") && slices.Contains(keys, "data")
		},
		open: func(_ Options, l *lines) (records, error) {
			return newLog(l, "be a point of k6: a metric's name, a time and a value", "http_req_duration", k6Line)
		},
	}
}

// k6Line reads a point of any metric. What is no request counts none.
func k6Line(line []byte, r *request) bool {
	var name, at, value []byte
	if line[0] == '{' {
		members(line, func(key, v []byte) {
			switch string(key) {
			case "metric":
				name = unquote(v)
			case "data":
				members(v, func(key, v []byte) {
					switch string(key) {
					case "time":
						at = v
					case "value":
						value = v
					}
				})
			}
		})
	} else {
		name, at, value = field(line, ',', 0), field(line, ',', 1), field(line, ',', 2)
	}
	switch string(name) {
	case "":
		return false
	case "http_req_duration":
		r.duration = quantity(value, second/1000)
		r.count = 0
		return true
	case "http_reqs":
		if at == nil { // its definition
			r.count = 0
			return true
		}
		var timed, counted bool
		r.timestamp, timed = parseTimestamp(at)
		r.count, counted = parseCount(value)
		return timed && counted
	}
	r.count = 0
	return true
}
