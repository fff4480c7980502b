package simulate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ambi/compare/simulate/replay"
	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
	"ambi/spec"
)

// Objective is one thing that a service promises, such as p99 < 300ms: that 99 in 100 requests
// of all that come are answered within 300 ms. A rejected request was not answered, however
// fast that was. Of a queue's messages, the time is from when one is sent until it is deleted;
// age < 5m promises that no message is ever older, and age p99 < 5m that the oldest is not in 99
// of 100 seconds.
type Objective struct {
	text     string
	age      bool          // of the oldest message, and not of each
	quantile float64       // from 0 to 1; 0 for one of errors, 1 for the largest age
	limit    time.Duration // of the quantile
	errors   float64       // the part of the requests that may end badly
}

var objectiveText = lazyregexp.New(`^(?:(?:(age)\b\s*)?(?:p([0-9]{1,2}(?:\.[0-9]{1,3})?))?\s*<=?\s*([0-9.]+[a-zµ]+)|errors\s*<=?\s*([0-9]+(?:\.[0-9]+)?)\s*%)$`)

const objectiveHint = `such as "p99 < 300ms", "errors < 0.1%", of messages "age < 5m", or several with "and" between them`

// ParseObjectives reads one objective or several, joined by "and".
func ParseObjectives(text string) ([]Objective, error) {
	var list []Objective
	for part := range strings.SplitSeq(text, " and ") {
		part = strings.TrimSpace(part)
		m := objectiveText.FindStringSubmatch(part)
		if m == nil || m[1]+m[2]+m[4] == "" {
			return nil, problem.New("must be an objective, got %q", part).Hint("%s", objectiveHint)
		}
		o := Objective{text: part}
		if m[4] != "" {
			percent, err := strconv.ParseFloat(m[4], 64)
			if err != nil || percent > 100 {
				return nil, problem.New("must be a part of the requests, got %q", part).Hint("%s", objectiveHint)
			}
			o.errors = percent / 100
		} else {
			o.age = m[1] != ""
			percent, err := 100.0, error(nil)
			if m[2] != "" {
				percent, err = strconv.ParseFloat(m[2], 64)
			}
			if err != nil || percent <= 0 {
				return nil, problem.New("must be of a quantile such as p50 or p99.9, got %q", part).Hint("%s", objectiveHint)
			}
			limit, err := spec.ParseDuration(m[3])
			if err != nil || limit <= 0 {
				return nil, problem.New("must have a duration such as 300ms, got %q", part).Hint("%s", objectiveHint)
			}
			o.quantile, o.limit = percent/100, limit.Std()
		}
		list = append(list, o)
	}
	return list, nil
}

// String is the objective as it was written.
func (o Objective) String() string { return o.text }

// Value is the objective's figure in a run: a time, or a fraction of the requests. The time is
// infinite if too few requests were answered.
func (o Objective) Value(r *replay.Result) float64 {
	if o.quantile == 0 {
		return share(r.Of(replay.Throttled)+r.Of(replay.TimedOut)+r.Of(replay.Failed), r.Requests)
	}
	latency := r.Times()
	if o.age {
		if r.Messages == nil {
			return math.Inf(1)
		}
		return float64(r.Messages.Oldest.Histogram.ValueAtPercentile(100 * o.quantile))
	}
	answered := float64(latency.Count)
	if wanted := o.quantile * float64(r.Requests-r.InFlight); answered > 0 && wanted <= answered {
		return float64(latency.Histogram.ValueAtPercentile(100 * wanted / answered))
	}
	return math.Inf(1)
}

// OfAge reports whether the objective is of the age of messages, which only a queue has.
func (o Objective) OfAge() bool { return o.age }

// OfErrors reports whether the objective is of requests, or messages, that end badly.
func (o Objective) OfErrors() bool { return o.quantile == 0 }

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Holds reports whether a run meets the objective.
func (o Objective) Holds(r *replay.Result) bool {
	if o.quantile == 0 {
		return o.Value(r) <= o.errors
	}
	return o.Value(r) <= float64(o.limit)
}

// Text prints a value of the objective's figure.
func (o Objective) Text(value float64) string {
	figure := fmt.Sprintf("p%g", math.Round(1e5*o.quantile)/1e3)
	switch {
	case o.age && o.quantile == 1:
		figure = "age"
	case o.age:
		figure = "age " + figure
	}
	switch {
	case o.quantile == 0:
		return fmt.Sprintf("errors %.3g %%", 100*value)
	case math.IsInf(value, 1):
		return figure + " never"
	}
	return fmt.Sprintf("%s %s", figure, spec.Duration(time.Duration(value).Round(time.Millisecond)))
}

// AllHold reports whether a run meets all objectives.
func AllHold(objectives []Objective, r *replay.Result) bool {
	for _, o := range objectives {
		if !o.Holds(r) {
			return false
		}
	}
	return true
}
