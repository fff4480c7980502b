package spec

import (
	"math"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// secondsPerMonth is a month of 730 hours, the one that AWS bills by.
const secondsPerMonth = 730 * 3600

// ratePattern bounds the digits, so that no rate overflows.
const ratePattern = `^([0-9]{1,12}(?:\.[0-9]{1,6})?)([kMG]?)/(s|second|minute|h|hour|d|day|month)$`

var rateText = lazyregexp.New(ratePattern)

// Rate is how often something happens: 100/s, 5k/day, 3M/month. The suffixes
// k, M and G stand for a thousand, a million and a billion.
type Rate struct {
	text     string
	perMonth float64
}

// rateBounds is the range of every rate.
const rateBounds = "1/month to 1M/s"

// ParseRate reads a rate from 1/month to 1M/s, or zero.
func ParseRate(s string) (Rate, error) {
	r, err := rate(s)
	return r, orGuess(err, &r, s, "")
}

func rate(s string) (Rate, error) {
	r, err := readRate(s)
	if err == nil && r.perMonth != 0 && !boundsOf(rateBounds).hold(&r) {
		err = problem.New("must be %s, got %s", rateBounds, s)
	}
	if err != nil {
		return Rate{}, err
	}
	return r, nil
}

func readRate(s string) (Rate, error) {
	m := rateText.FindStringSubmatch(s)
	if m == nil {
		return Rate{}, problem.New("must be a rate such as 100/s or 3M/month, got %s", quote(s)).
			Hint("a number, then k, M or G or nothing, a slash, and second, minute, hour, day or month")
	}
	amount, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return Rate{}, err
	}
	factor := map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[m[2]]
	unit := map[string]float64{
		"s": 1, "second": 1, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "month": secondsPerMonth,
	}[m[3]]
	return Rate{text: s, perMonth: amount * factor * (secondsPerMonth / unit)}, nil
}

// RatePerMonth is a rate in requests a month of 730 hours, rounded to whole ones.
func RatePerMonth(requests float64) Rate {
	requests = math.Round(requests)
	shown, suffix := requests, ""
	switch { // no suffix leaves more decimal places than ParseRate takes
	case requests >= 1e6:
		shown, suffix = requests/1e6, "M"
	case requests >= 1e3:
		shown, suffix = requests/1e3, "k"
	}
	return Rate{text: strconv.FormatFloat(shown, 'f', -1, 64) + suffix + "/month", perMonth: requests}
}

// PerSecond is the rate per second.
func (r Rate) PerSecond() float64 { return r.perMonth / secondsPerMonth }

// PerMonth is the rate per month of 730 hours.
func (r Rate) PerMonth() float64 { return r.perMonth }

// IsZero reports whether no rate was given.
func (r Rate) IsZero() bool { return r == Rate{} }

// String is the rate as the spec writes it.
func (r Rate) String() string { return r.text }

// MarshalText writes what String prints.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.text), nil }

// UnmarshalText reads what ParseRate does.
func (r *Rate) UnmarshalText(text []byte) (err error) {
	*r, err = rate(string(text))
	return err
}

// JSONSchema describes the text form.
func (Rate) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: ratePattern, Examples: []any{"100/s", "5k/day", "3M/month"}}
}

func (Rate) form() form {
	return form{noun: "a rate such as 100/s or 3M/month", bounds: rateBounds, meant: meantRate}
}

// within leaves room for the rounding of what is computed by the month.
func (r Rate) within(low, high string) bool {
	const rounding = 1e-9
	return r.perMonth >= mustRate(low).perMonth*(1-rounding) && r.perMonth <= mustRate(high).perMonth*(1+rounding)
}

func (r Rate) whole(step string) bool { return math.Mod(r.perMonth, mustRate(step).perMonth) == 0 }

// mustRate is for rates that are part of this program.
func mustRate(s string) Rate {
	r, err := readRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

var rateWords = lazyregexp.New(`(?i)^([0-9]+(?:\.[0-9]+)?) ?(k|m|g|b|thousand|million|billion)?` +
	` ?(?:requests?|reqs?|calls?|hits?)? ?(?:(/|per|a|an|rp|qp|tp) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|mo|mon|months?))?$`)

// meantRate guesses at a rate that does not say per what, or says it in other words.
func meantRate(text, _ string) guess {
	m := rateWords.FindStringSubmatch(text)
	if m == nil {
		return guess{}
	}
	number, per, unit := m[1], strings.ToLower(m[3]), strings.ToLower(m[4])
	switch strings.ToLower(m[2]) {
	case "k", "thousand":
		number += "k"
	case "m", "million":
		number += "M"
	case "g", "b", "billion":
		number += "G"
	}
	switch {
	case unit == "":
		return guess{lead: "say per what: ", ways: []string{number + "/month", number + "/day", number + "/s"}}
	case unit == "m" && per == "rp": // as in rpm
		return guess{ways: []string{number + "/minute"}}
	case unit == "m":
		return guess{lead: "say which m is: ", ways: []string{number + "/minute", number + "/month"}}
	case unit[0] == 's':
		return guess{ways: []string{number + "/s"}}
	case strings.HasPrefix(unit, "mo"):
		return guess{ways: []string{number + "/month"}}
	case unit[0] == 'm':
		return guess{ways: []string{number + "/minute"}}
	case unit[0] == 'h':
		return guess{ways: []string{number + "/hour"}}
	default:
		return guess{ways: []string{number + "/day"}}
	}
}
