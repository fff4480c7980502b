package trace

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare/demand/wire"
)

// Prometheus is the result of a range query.
const Prometheus Format = "prometheus"

// prometheus reads what /api/v1/query_range answers: series of [seconds, "value"].
// The answer does not say whether a value is a count, a rate or a counter's state,
// so it must be of increase(), over as much time as the query's step, and --interval
// must say that step. increase() extrapolates to fractions: they are carried over
// to the next value, so that the sum stays.
//
// https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
func prometheus() format {
	return format{
		name:   Prometheus,
		what:   "the answer of a range query of increase() over its step, which --interval names",
		page:   "https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries",
		from:   "`curl -G http://HOST:9090/api/v1/query_range -d 'query=sum(increase(http_requests_total[1m]))' -d step=60 -d start=… -d end=… \\| ambi trace - --interval 1m`",
		series: true,
		sniff: func(h head) bool {
			keys := h.keys()
			return slices.Contains(keys, "status") && slices.Contains(keys, "data")
		},
		open: newPrometheus,
	}
}

// The query that is asked for, in hints.
const increaseHint = "query sum(increase(http_requests_total[1m])) with step=60, for instance, and say --interval 1m"

func newPrometheus(options Options, l *lines) (records, error) {
	var answer wire.PrometheusAnswer
	if err := json.NewDecoder(l.text).Decode(&answer); err != nil {
		return nil, l.notes.badJSON("of a range query", err)
	}
	for _, warning := range answer.Warnings {
		l.notes.warn("Prometheus warns: " + warning)
	}
	switch {
	case answer.Status != "success":
		return nil, l.notes.fail(0, fmt.Sprintf("is the answer of a query that failed: %s", cmp.Or(answer.Error, answer.Status)))
	case answer.Data.ResultType != "matrix":
		return nil, l.notes.fail(0, fmt.Sprintf("must be of a range query, and the result is a %s", answer.Data.ResultType), "/api/v1/query_range takes start, end and step")
	}
	var metrics []metric
	for _, series := range answer.Data.Result {
		if name := series.Metric["__name__"]; name != "" {
			return nil, l.notes.fail(0, fmt.Sprintf("%s is a metric as it stands, such as a counter's total, and no count of requests", name), increaseHint)
		}
		m := metric{}
		var labels []string
		for _, label := range slices.Sorted(maps.Keys(series.Metric)) {
			labels = append(labels, label+"="+strconv.Quote(series.Metric[label]))
			m.names = append(m.names, series.Metric[label])
		}
		m.names = append(m.names, "{"+strings.Join(labels, ",")+"}")
		carry := 0.0
		for _, sample := range series.Values {
			at, ok := parseTimestamp(sample[0])
			value, err := strconv.ParseFloat(string(unquote(sample[1])), 64)
			switch {
			case !ok || err != nil || value < 0 || value > maxCount:
				return nil, l.notes.fail(0, fmt.Sprintf("%s: must have times and counts, got [%s, %s]", m.label(), sample[0], sample[1]))
			case math.IsNaN(value):
				continue
			}
			whole := math.Round(value + carry)
			carry += value - whole
			l.notes.read++
			// A value is about the time before it.
			m.points = append(m.points, point{at.at - int64(options.Interval), max(0, whole)})
		}
		metrics = append(metrics, m)
	}
	if options.Interval == 0 {
		return nil, l.notes.fail(0, "does not say whether its values are counts, and of how much time", increaseHint)
	}
	for _, m := range metrics {
		for i := 1; i < len(m.points); i++ {
			if step := m.points[i].at - m.points[i-1].at; step < int64(options.Interval) {
				return nil, l.notes.fail(0, fmt.Sprintf("its step is %s, and --interval says %s: some requests would count twice", time.Duration(step), options.Interval), increaseHint)
			}
		}
	}
	return counted(metrics, options, l.notes)
}
