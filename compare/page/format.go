package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ambi/compare/prices"
)

// money is an amount in dollars and cents; one that rounds to no cent and is not
// zero says so.
func money(u prices.USD) string {
	if u > 0 && u.Cents() == 0 {
		return "<$0.01"
	}
	whole, cents, _ := strings.Cut(u.String(), ".")
	return "$" + grouped(whole) + "." + cents
}

// moneyOr is an amount, or a question mark where it is unknown.
func moneyOr(u *prices.USD) string {
	if u == nil {
		return "?"
	}
	return money(*u)
}

// count prints a number in full where it is short, and with k, M or G where not.
func count(n float64) string {
	switch {
	case n == 0:
		return "0"
	case math.Abs(n) < 1000:
		return fmt.Sprintf("%.4g", n)
	case math.Abs(n) < 1e6:
		return grouped(fmt.Sprintf("%.0f", n))
	}
	return short(n)
}

// short prints a number to four digits, with k, M, G or T.
func short(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(n) >= unit.size*.99995 {
			return fmt.Sprintf("%.4g%s", n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.4g", n)
}

// grouped puts commas between thousands.
func grouped(whole string) string {
	sign, digits := "", whole
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// sentence begins text with a capital letter, unless it begins with a name that
// is written as it is: api, or m7g.large.
func sentence(text string) string {
	word, _, _ := strings.Cut(text, " ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || strings.ContainsAny(word, ".:/=0123456789") {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// plural is a number of things.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// digits keeps six digits of a number, which is more than a chart shows.
func digits(n float64) float64 {
	kept, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 6, 64), 64)
	if err != nil || math.IsNaN(kept) || math.IsInf(kept, 0) {
		return 0
	}
	return kept
}
