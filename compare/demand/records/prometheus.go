package records

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare/demand/wire"
	"ambi/internal/problem"
)

// rates are the values of a range query by time, in seconds since 1970.
type rates struct {
	name    string
	counter bool // they were increases of a counter
	at      map[float64]float64
}

// rangeQuery reads what /api/v1/query_range answers. Values of a metric as it stands are a
// counter's, of which the increases are taken; others are taken for rates, or for increases
// over the same time in both files.
func (r *Report) rangeQuery(text io.Reader, name string, role Role) error {
	if role != CPU && role != Requests {
		return problem.File(name, 0, "is of Prometheus, and does not say whether it is CPU time or requests").
			Hint("--report cpu=%s or --report requests=%s says so", name, name).Of(problem.Misuse)
	}
	if r.prometheus[role] != nil {
		return problem.File(name, 0, "is the second file for %s", role).Of(problem.Misuse)
	}
	var answer wire.PrometheusAnswer
	if err := json.NewDecoder(io.LimitReader(text, maxText)).Decode(&answer); err != nil {
		return badJSON(name, "of a range query", err)
	}
	switch {
	case answer.Status != "success":
		return problem.File(name, 0, "is the answer of a query that failed: %s", cmp.Or(answer.Error, answer.Status))
	case answer.Data.ResultType != "matrix":
		return problem.File(name, 0, "must be of a range query, and the result is a %s", answer.Data.ResultType)
	}
	for _, warning := range answer.Warnings {
		r.warn("%s: Prometheus warns: %s", name, warning)
	}
	out := &rates{name: name, at: map[float64]float64{}}
	counters := 0
	for _, s := range answer.Data.Result {
		counter := s.Metric["__name__"] != ""
		if counter {
			counters++
		}
		last, have := 0.0, false
		for _, sample := range s.Values {
			at, errAt := strconv.ParseFloat(string(sample[0]), 64)
			value, errValue := strconv.ParseFloat(strings.Trim(string(sample[1]), `"`), 64)
			switch {
			case errAt != nil || errValue != nil || value < 0 || math.IsInf(value, 0):
				return problem.File(name, 0, "must have times and numbers, got [%s, %s]", sample[0], sample[1])
			case math.IsNaN(value):
				continue
			}
			if !counter {
				out.at[at] += value
				continue
			}
			if have {
				increase := value - last
				if increase < 0 { // it began again from 0
					increase = value
				}
				out.at[at] += increase
			}
			last, have = value, true
		}
	}
	if counters > 0 && counters < len(answer.Data.Result) {
		return problem.File(name, 0, "has counters and rates")
	}
	out.counter = counters > 0
	if len(out.at) == 0 {
		return problem.File(name, 0, "has no value in it")
	}
	r.read++
	r.prometheus[role] = out
	return nil
}

// parts are how many parts of the time have a mean of their own.
const parts = 4

// cpuOfRequests divides CPU time by requests, at the times that both have.
func (r *Report) cpuOfRequests(u *Usage) error {
	cpu, requests := r.prometheus[CPU], r.prometheus[Requests]
	switch {
	case cpu == nil && requests == nil:
		return nil
	case cpu == nil || requests == nil:
		return problem.New("CPU time and requests are needed both").Hint("--report cpu=FILE --report requests=FILE").Of(problem.Misuse)
	case cpu.counter != requests.counter:
		return problem.New("%s has a counter's values, and %s rates", map[bool]string{true: cpu.name, false: requests.name}[cpu.counter],
			map[bool]string{true: requests.name, false: cpu.name}[cpu.counter]).
			Hint("ask for rate() over the same time in both, or for the counters in both").Of(problem.Invalid)
	}
	var times []float64
	for _, at := range slices.Sorted(maps.Keys(cpu.at)) {
		if _, both := requests.at[at]; both {
			times = append(times, at)
		}
	}
	if left := len(cpu.at) + len(requests.at) - 2*len(times); left > 0 {
		r.warn("%d values are at times that the other file does not have, and were left out", left)
	}
	ratio := func(times []float64) (float64, bool) {
		used, sent := 0.0, 0.0
		for _, at := range times {
			used += cpu.at[at]
			sent += requests.at[at]
		}
		return used / sent, sent > 0
	}
	mean, ok := ratio(times)
	if !ok {
		return problem.New("there is no request at a time that both files have").Hint("ask for both with the same start, end and step").Of(problem.Invalid)
	}
	if mean > time.Hour.Seconds() {
		return problem.New("a request takes %.3g s of CPU time, by these files", mean).Hint("CPU is in seconds or cores, and not in thousandths").Of(problem.Invalid)
	}
	if mean > 0 {
		u.CPUTime = length(mean * 1000)
	}
	if n := len(times) / parts; n > 0 {
		low, high := math.Inf(1), 0.0
		for i := range parts {
			if part, ok := ratio(times[i*n : (i+1)*n]); ok {
				low, high = min(low, part), max(high, part)
			}
		}
		if !math.IsInf(low, 0) && high <= time.Hour.Seconds() {
			u.CPULow, u.CPUHigh = length(low*1000), length(high*1000)
		}
	}
	u.Distrust = append(u.Distrust, "CPU time has what the app takes without requests, and what health checks take, in it")
	return nil
}
