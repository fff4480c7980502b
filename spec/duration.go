package spec

import (
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// Duration is a Go duration without a sign: 10s, 1m30s, 250ms.
type Duration time.Duration

// ParseDuration reads a Go duration that is not negative.
func ParseDuration(s string) (Duration, error) {
	d, err := duration(s)
	return d, orGuess(err, &d, s, "")
}

func duration(s string) (Duration, error) {
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
	*d, err = duration(string(text))
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

func (Duration) form() form {
	return form{noun: "a duration such as 10s or 250ms", meant: meantDuration}
}

func (d Duration) within(low, high string) bool {
	return d >= mustDuration(low) && d <= mustDuration(high)
}

func (d Duration) whole(step string) bool { return d%mustDuration(step) == 0 }

// mustDuration is for durations that are part of this program.
func mustDuration(s string) Duration {
	d, err := ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}

var durationWords = lazyregexp.New(`^([0-9]+(?:\.[0-9]+)?) ?(ms|msec|msecs|millis|milliseconds?|s|sec|secs|seconds?|min|mins|minutes?|h|hr|hrs|hours?|d|days?)$`)

// meantDuration guesses at a duration that has no unit, or one that Go does not know.
func meantDuration(text, _ string) guess {
	if plainNumber.MatchString(text) {
		return guess{lead: "say which unit: ", ways: []string{text + "ms", text + "s", text + "m"}}
	}
	if d, err := duration(text); err == nil && d > 0 {
		second := Duration(time.Second) // a field that takes no fraction counts in seconds
		return guess{ways: []string{(d / second * second).String(), (d/second*second + second).String()}}
	}
	m := durationWords.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return guess{}
	}
	switch number, word := m[1], m[2]; {
	case strings.HasPrefix(word, "ms"), strings.HasPrefix(word, "milli"):
		return guess{ways: []string{number + "ms"}}
	case word[0] == 'd':
		days, err := strconv.Atoi(number)
		if err != nil || days > 1000 {
			return guess{}
		}
		return guess{ways: []string{strconv.Itoa(24*days) + "h"}}
	default:
		return guess{ways: []string{number + word[:1]}}
	}
}
