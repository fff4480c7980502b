package spec

import (
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"ambi/internal/problem"
)

// Duration is a Go duration without a sign: 10s, 1m30s, 250ms.
type Duration time.Duration

// ParseDuration reads a Go duration that is not negative.
func ParseDuration(s string) (Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || strings.ContainsAny(s, "+-") {
		return 0, problem.New("must be a duration such as 10s or 250ms, got %s", quote(s))
	}
	return Duration(d), nil
}

// Std is the duration as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String prints the duration as people write it: 1m, not 1m0s.
func (d Duration) String() string {
	s := d.Std().String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText writes what String prints.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// JSONSchema describes the text form.
func (Duration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:     "string",
		Pattern:  `^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`,
		Examples: []any{"10s", "1m30s", "250ms"},
	}
}

func (Duration) form() form { return form{noun: "a duration such as 10s or 250ms", unit: "s"} }
