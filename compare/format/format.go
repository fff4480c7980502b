// Package format prints figures as every report has them, whatever it is written
// in: amounts of money, large numbers, and names at the start of a sentence.
package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ambi/compare/price"
)

// Money formats an amount with a dollar sign, to the cent. A nonzero amount that rounds to zero
// is shown as such, and from ten million on there are no cents, so that columns stay narrow.
func Money(u price.USD) string {
	if u > 0 && u.Cents() == 0 {
		return "<$0.01"
	}
	if u >= 1e7*price.Dollar {
		return "$" + Grouped(fmt.Sprintf("%.0f", u.Dollars()))
	}
	whole, cents, _ := strings.Cut(u.String(), ".")
	return "$" + Grouped(whole) + "." + cents
}

// MoneyOr is an amount, or a question mark where it is unknown.
func MoneyOr(u *price.USD) string {
	if u == nil {
		return "?"
	}
	return Money(*u)
}

// Rise formats the change of a cost with its sign; a question mark if it is unknown.
func Rise(u *price.USD) string {
	switch {
	case u == nil:
		return "?"
	case *u < 0:
		return "-" + Money(-*u)
	case *u > 0:
		return "+" + Money(*u)
	}
	return "$0.00"
}

// Grouped formats a whole number with commas between thousands.
func Grouped(whole string) string {
	sign, digits := "", whole
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Figure is a number rounded to so many digits, and never in powers of ten: 23,460 or 0.0123.
func Figure(n float64, digits int) string {
	kept, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', digits, 64), 64)
	if err != nil { // too large to be kept
		kept = n
	}
	whole, rest, broken := strings.Cut(strconv.FormatFloat(kept, 'f', -1, 64), ".")
	if broken {
		return Grouped(whole) + "." + rest
	}
	return Grouped(whole)
}

// Plural is a number of things: 1 request, 2,000 requests.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Grouped(strconv.Itoa(n)) + " " + noun + "s"
}

// Sentence begins text with a capital letter, unless it begins with a name that
// is written as it is: m7g.large, or api: with a colon.
func Sentence(text string) string {
	word, _, _ := strings.Cut(text, " ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || strings.ContainsAny(word, ".:/=0123456789") {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
