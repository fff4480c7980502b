package spec

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v3"

	"ambi/internal/problem"
)

// RequestTime is usage.duration: a mean, such as 40ms, or two quantiles, such as
// {p50: 30ms, p99: 400ms}. One of the two is zero.
type RequestTime struct {
	Mean Duration
	Quantiles
}

// Quantiles are the median and the 99th percentile of a request's time with a full core,
// waiting included.
type Quantiles struct {
	P50 Duration `json:"p50" jsonschema:"required" range:"more than 0s, at most 1h"`
	P99 Duration `json:"p99" jsonschema:"required" range:"more than 0s, at most 1h"`
}

// MaxTail is the largest ratio of p99 to p50, both without the CPU time. The mean of the
// lognormal distribution through both is 82 times its median then, and rests on the
// distribution more than on what was measured.
const MaxTail = 1000

// IsZero reports whether there are none.
func (q Quantiles) IsZero() bool { return q == Quantiles{} }

// String is the text as flags have it: p50=30ms,p99=400ms.
func (q Quantiles) String() string { return fmt.Sprintf("p50=%s,p99=%s", q.P50, q.P99) }

// Waiting is the quantiles without a CPU time, which every request takes alike. An error
// says why the two cannot be those of a request that takes so much CPU time.
func (q Quantiles) Waiting(cpu time.Duration) (Quantiles, error) {
	waiting := Quantiles{q.P50 - Duration(cpu), q.P99 - Duration(cpu)}
	switch {
	case q.P99 < q.P50:
		return waiting, problem.New("p99 must be at least p50, got %s of %s", q.P99, q.P50)
	case waiting.P50 <= 0:
		return waiting, problem.New("p50 must be more than cpuTime, got %s of %s", q.P50, Duration(cpu)).
			Hint("p50 and p99 include cpuTime; give a mean duration if requests hardly wait")
	case waiting.P99 > MaxTail*waiting.P50:
		return waiting, problem.New("p99 must be at most %d times p50, both without cpuTime, got %s of %s", MaxTail, waiting.P99, waiting.P50).
			Hint("with a longer tail no mean follows from the two; give a mean duration")
	}
	return waiting, nil
}

// Scaled is another median with the same tail, whose p99 has four digits.
func (q Quantiles) Scaled(p50 Duration) Quantiles {
	if p50 == q.P50 {
		return q
	}
	p99 := time.Duration(float64(p50) * (float64(q.P99) / float64(q.P50)))
	unit := time.Duration(1)
	for p99 >= 10_000*unit {
		unit *= 10
	}
	return Quantiles{p50, Duration(p99.Round(unit))}
}

// MeanTime is a time of which the mean is known.
func MeanTime(d Duration) RequestTime { return RequestTime{Mean: d} }

// ParseRequestTime reads what String prints.
func ParseRequestTime(s string) (RequestTime, error) {
	if !strings.Contains(s, "=") {
		d, err := ParseDuration(s)
		return MeanTime(d), err
	}
	wrong := problem.New("must be a duration such as 40ms, or two quantiles such as p50=30ms,p99=400ms, got %s", quote(s))
	var q Quantiles
	into := map[string]*Duration{"p50": &q.P50, "p99": &q.P99}
	for part := range strings.SplitSeq(s, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		d, err := duration(text)
		if into[name] == nil || err != nil {
			return RequestTime{}, wrong
		}
		if d <= 0 || d > MaxUsageTime {
			return RequestTime{}, problem.New("must have a %s of more than 0s, at most %s, got %s", name, MaxUsageTime, d)
		}
		*into[name] = d
		delete(into, name)
	}
	if len(into) > 0 {
		return RequestTime{}, wrong
	}
	return RequestTime{Quantiles: q}, nil
}

// IsZero reports whether none was given.
func (r RequestTime) IsZero() bool { return r == RequestTime{} }

// String is the text as flags have it.
func (r RequestTime) String() string {
	if !r.Quantiles.IsZero() {
		return r.Quantiles.String()
	}
	return r.Mean.String()
}

// MarshalJSON writes both forms as a spec has them.
func (r RequestTime) MarshalJSON() ([]byte, error) {
	if !r.Quantiles.IsZero() {
		return json.Marshal(r.Quantiles)
	}
	return json.Marshal(r.Mean)
}

// UnmarshalText reads a mean, the form of which a spec's text is.
func (r *RequestTime) UnmarshalText(text []byte) error { return r.Mean.UnmarshalText(text) }

// JSONSchema describes both forms.
func (RequestTime) JSONSchema() *jsonschema.Schema {
	one := Duration(0).JSONSchema()
	both := jsonschema.NewProperties()
	both.Set("p50", one)
	both.Set("p99", one)
	return &jsonschema.Schema{
		OneOf: []*jsonschema.Schema{
			one,
			{Type: "object", Properties: both, Required: []string{"p50", "p99"}, AdditionalProperties: jsonschema.FalseSchema},
		},
		Examples: []any{"40ms", map[string]any{"p50": "30ms", "p99": "400ms"}},
	}
}

func (RequestTime) form() form { return Duration(0).form() }

// A range is the mean's: both quantiles have ranges of their own.
func (r RequestTime) within(low, high string) bool { return r.Mean.within(low, high) }
func (r RequestTime) whole(step string) bool       { return r.Mean.whole(step) }

// requestTime decodes both forms.
func (d *decoder) requestTime(into *RequestTime, n *yaml.Node, path string, at Position, rule rule) {
	if n.Kind == yaml.MappingNode {
		d.structure(reflect.ValueOf(&into.Quantiles).Elem(), n, path, at)
		return
	}
	d.scalar(&into.Mean, n, path, at, rule)
}

// quantiles checks those of one service against its CPU time.
func (v *validator) quantiles(path string, q Quantiles, cpu Duration) {
	if _, err := q.Waiting(cpu.Std()); err != nil {
		for _, p := range problem.All(err) {
			v.fail(path, p.Message, p.Hints...)
		}
	}
}
