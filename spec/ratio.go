package spec

import (
	"math"
	"strconv"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// ratioPattern bounds the digits, so that every ratio prints as it was written.
const ratioPattern = `^[0-9]{1,6}(\.[0-9]{1,6})?$`

var ratioText = lazyregexp.New(ratioPattern)

// Ratio is the ratio of two figures: 8, 2.5.
type Ratio float64

// ratioBounds is the range of every ratio.
const ratioBounds = "1 to 100000"

// ParseRatio reads a ratio from 1 to 100,000.
func ParseRatio(s string) (Ratio, error) {
	r, err := ratio(s)
	return r, orGuess(err, &r, s, "")
}

func ratio(s string) (Ratio, error) {
	r, err := readRatio(s)
	if err == nil && !boundsOf(ratioBounds).hold(&r) {
		err = problem.New("must be %s, got %s", ratioBounds, s)
	}
	if err != nil {
		return 0, err
	}
	return r, nil
}

func readRatio(s string) (Ratio, error) {
	if !ratioText.MatchString(s) {
		return 0, problem.New("must be a ratio such as 8 or 2.5, got %s", quote(s))
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	return Ratio(n), nil
}

// String prints the ratio with as many digits as it needs.
func (r Ratio) String() string { return strconv.FormatFloat(float64(r), 'f', -1, 64) }

// MarshalText writes what String prints.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRatio does.
func (r *Ratio) UnmarshalText(text []byte) (err error) {
	*r, err = ratio(string(text))
	return err
}

// JSONSchema describes the text form; a plain number is a ratio too.
func (Ratio) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		OneOf: []*jsonschema.Schema{
			{Type: "string", Pattern: ratioPattern},
			{Type: "number", Minimum: "1", Maximum: "100000"},
		},
		Examples: []any{"8", "2.5"},
	}
}

func (Ratio) form() form {
	return form{noun: "a ratio such as 8 or 2.5", number: true, bounds: ratioBounds, meant: meantRatio}
}

func (r Ratio) within(low, high string) bool { return r >= mustRatio(low) && r <= mustRatio(high) }

func (r Ratio) whole(step string) bool { return math.Mod(float64(r), float64(mustRatio(step))) == 0 }

// mustRatio is for ratios that are part of this program.
func mustRatio(s string) Ratio {
	r, err := readRatio(s)
	if err != nil {
		panic(err)
	}
	return r
}

var timesWords = lazyregexp.New(`^([0-9]+(?:\.[0-9]+)?) ?[xX×]$`)

// meantRatio guesses at a ratio such as 3x or 300%.
func meantRatio(text, _ string) guess {
	if m := timesWords.FindStringSubmatch(text); m != nil {
		return guess{ways: []string{m[1]}}
	}
	if percent, ok := percentOf(text); ok {
		return guess{ways: []string{strconv.FormatFloat(percent/100, 'f', -1, 64)}}
	}
	return guess{}
}
