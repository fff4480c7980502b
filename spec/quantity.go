package spec

import (
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
	"k8s.io/apimachinery/pkg/api/resource"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// quantityPattern is Kubernetes' grammar for quantities without signs, and with a bounded
// number of digits: an exponent of a billion would have the library compute a number of a
// billion digits.
const quantityPattern = `^(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?(m|k|M|G|T|Ki|Mi|Gi|Ti|[eE][0-9])?$`

var quantityText = lazyregexp.New(quantityPattern)

// Quantity is a Kubernetes quantity: 500m, 0.5, 512Mi. Two that print alike are
// equal values, however they were written.
type Quantity struct{ canonical resource.Quantity }

// ParseQuantity reads a Kubernetes quantity that is not negative.
func ParseQuantity(s string) (Quantity, error) {
	q, err := quantity(s)
	return q, orGuess(err, &q, s, unitBytes)
}

func quantity(s string) (Quantity, error) {
	if !quantityText.MatchString(s) {
		return Quantity{}, problem.New("must be a quantity such as 500m or 512Mi, got %s", quote(s)).
			Hint("the units are m for a thousandth, k, M, G and T, and Ki, Mi, Gi and Ti")
	}
	q, err := resource.ParseQuantity(s)
	if err != nil {
		return Quantity{}, fmt.Errorf("must be a quantity: %w", err)
	}
	if q.Format == resource.DecimalExponent {
		q.Format = resource.DecimalSI
	}
	// Parsing the canonical text again leaves one representation of each amount.
	number, suffix := q.CanonicalizeBytes(nil)
	if q, err = resource.ParseQuantity(string(number) + string(suffix)); err != nil {
		return Quantity{}, fmt.Errorf("must be a quantity: %w", err)
	}
	_ = q.String() // keeps the text, as part of the value
	return Quantity{q}, nil
}

// Milli is the quantity in thousandths, rounded up: CPU in millicores.
func (q Quantity) Milli() int64 { return q.canonical.MilliValue() }

// Bytes is the quantity in whole units, rounded up: memory in bytes.
func (q Quantity) Bytes() int64 { return q.canonical.Value() }

// String is the canonical form, as Kubernetes prints it.
func (q Quantity) String() string { return q.canonical.String() }

// MarshalText writes the canonical form.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what ParseQuantity does.
func (q *Quantity) UnmarshalText(text []byte) (err error) {
	*q, err = quantity(string(text))
	return err
}

// JSONSchema describes the text form; a plain number is a quantity too.
func (Quantity) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		OneOf: []*jsonschema.Schema{
			{Type: "string", Pattern: quantityPattern},
			{Type: "number", Minimum: "0"},
		},
		Examples: []any{"500m", "512Mi", "1.5"},
	}
}

func (Quantity) form() form {
	return form{noun: "a quantity such as 500m or 512Mi", number: true, meant: meantQuantity}
}

// within reports whether low <= q <= high. Unlike Milli and Bytes it holds for
// quantities of any size.
func (q Quantity) within(low, high string) bool {
	return q.canonical.Cmp(resource.MustParse(low)) >= 0 && q.canonical.Cmp(resource.MustParse(high)) <= 0
}

// whole reports whether the quantity is a whole number of steps, of which there
// are two: 1 and 1m.
func (q Quantity) whole(step string) bool {
	scale := resource.Scale(0)
	if step == "1m" {
		scale = resource.Milli
	}
	return resource.NewScaledQuantity(q.canonical.ScaledValue(scale), scale).Cmp(q.canonical) == 0
}

// What a quantity counts, as the tag unit of its field says it.
const (
	unitCores = "cores"
	unitBytes = "bytes"
)

var (
	bytesWords = lazyregexp.New(`(?i)^([0-9]+(?:\.[0-9]+)?) ?([kmgt])(i?)(b|bytes?)?$`)
	coresWords = lazyregexp.New(`(?i)^([0-9]+(?:\.[0-9]+)?) ?(m|mcpu|mcores?|millicpus?|millicores?|cpus?|vcpus?|cores?)$`)
)

// meantQuantity guesses at bytes or cores in a unit that is none, is missing, or
// cannot be meant.
func meantQuantity(text, unit string) guess {
	switch unit {
	case unitBytes:
		return meantBytes(text)
	case unitCores:
		return meantCores(text)
	}
	return guess{}
}

func meantBytes(text string) guess {
	if plainNumber.MatchString(text) {
		return guess{lead: "a number without a unit is bytes; say which unit: ", ways: []string{text + "Ki", text + "Mi", text + "Gi"}}
	}
	m := bytesWords.FindStringSubmatch(text)
	if m == nil {
		return guess{}
	}
	number, letter := m[1], strings.ToUpper(m[2])
	decimal := strings.ReplaceAll(letter, "K", "k") // as Kubernetes writes it
	g := guess{ways: []string{number + decimal, number + letter + "i"}, why: fmt.Sprintf(": %s counts by 1000, %si by 1024", decimal, letter)}
	if text == number+"m" {
		g.lead = "m stands for a thousandth; write "
	}
	if m[3] != "" {
		g.ways, g.why = g.ways[1:], ""
	}
	return g
}

func meantCores(text string) guess {
	if percent, ok := percentOf(text); ok {
		return guess{why: fmt.Sprintf("this is how many cores an instance gets, such as 500m; the utilization to scale at is scale.cpu: %g", percent)}
	}
	if plainNumber.MatchString(text) {
		return guess{lead: "a number without a unit is cores; thousandths are written ", ways: []string{text + "m"}}
	}
	if m := coresWords.FindStringSubmatch(text); m != nil {
		if strings.EqualFold(m[2][:1], "m") {
			return guess{ways: []string{m[1] + "m"}}
		}
		return guess{ways: []string{m[1]}}
	}
	if bytesWords.MatchString(text) {
		return guess{why: "this is how many cores an instance gets, such as 500m; bytes are of memory"}
	}
	return guess{}
}
