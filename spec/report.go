package spec

import (
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"ambi/internal/problem"
)

// ReportDuration is a mean duration from a function's REPORT lines with the function's memory,
// such as 300ms@256Mi. With little memory it is longer than with a full core, because CPU is
// proportional to memory.
type ReportDuration struct {
	text     string
	Duration time.Duration
	MemoryMB int
}

const reportNoun = "a duration and the function's memory such as 300ms@256Mi"

// ParseReportDuration reads a duration, an at sign and a memory that a function may have.
func ParseReportDuration(s string) (ReportDuration, error) {
	wrong := problem.New("must be %s, got %s", reportNoun, quote(s)).Hint("both are in each REPORT line: Duration, and Memory Size")
	length, size, found := strings.Cut(s, "@")
	d, err := duration(length)
	if !found || err != nil {
		return ReportDuration{}, wrong
	}
	memory, err := ParseQuantity(size)
	if err != nil {
		return ReportDuration{}, wrong
	}
	if d <= 0 || d > MaxUsageTime {
		return ReportDuration{}, problem.New("must have a duration of more than 0s, at most %s, got %s", MaxUsageTime, s)
	}
	if bounds := boundsOf(functionMemory); !bounds.hold(&memory) || memory.Bytes()%(1<<20) != 0 {
		return ReportDuration{}, problem.New("must have a memory of 128Mi to 10Gi in whole MiB, got %s", s)
	}
	return ReportDuration{text: s, Duration: d.Std(), MemoryMB: int(memory.Bytes() >> 20)}, nil
}

// functionMemory is the range of what a function may have.
const functionMemory = "128Mi to 10Gi in whole bytes"

// IsZero reports whether none was given.
func (r ReportDuration) IsZero() bool { return r == ReportDuration{} }

// String is the text as the spec writes it.
func (r ReportDuration) String() string { return r.text }

// With is another duration with the same memory.
func (r ReportDuration) With(d time.Duration) ReportDuration {
	_, size, _ := strings.Cut(r.text, "@")
	return ReportDuration{text: Duration(d).String() + "@" + size, Duration: d, MemoryMB: r.MemoryMB}
}

// MarshalText writes what String prints.
func (r ReportDuration) MarshalText() ([]byte, error) { return []byte(r.text), nil }

// UnmarshalText reads what ParseReportDuration does.
func (r *ReportDuration) UnmarshalText(text []byte) (err error) {
	*r, err = ParseReportDuration(string(text))
	return err
}

// JSONSchema describes the text form.
func (ReportDuration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[^@]+@[0-9.]+([kMG]i?)?$`, Examples: []any{"300ms@256Mi"}}
}

func (ReportDuration) form() form { return form{noun: reportNoun} }

// memoryOfCore is the memory of a function that has a whole core:
// docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html.
const memoryOfCore = 1769

// Stretched is how long some CPU time takes with the function's memory.
func (r ReportDuration) Stretched(cpu time.Duration) time.Duration {
	if r.MemoryMB >= memoryOfCore {
		return cpu
	}
	memory := time.Duration(r.MemoryMB)
	return (cpu*memoryOfCore + memory - 1) / memory
}

// AtFullCore converts the duration to a full core, for a request with this CPU time; false if
// the CPU time alone would have taken longer.
func (r ReportDuration) AtFullCore(cpu time.Duration) (time.Duration, bool) {
	waiting := r.Duration - r.Stretched(cpu)
	return waiting + cpu, waiting >= 0
}
