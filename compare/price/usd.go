package price

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// USD is an amount of money in billionths of a dollar. Amounts are whole
// numbers, so the lines of a bill add up to its total exactly, and print the
// same on every machine.
type USD int64

// Dollar is one dollar.
const Dollar USD = 1_000_000_000

// Most is the largest amount that ambi counts: a billion dollars a month. USD
// holds nine times as much, so sums and differences of a few amounts up to Most
// are exact.
const Most = 1_000_000_000 * Dollar

// Beyond stands for every amount above Most. It is more than any other amount;
// nothing else may be computed from it, and no report shows it.
const Beyond = Most + 1

// Plus adds an amount, neither being negative. A sum above Most is Beyond.
func (u USD) Plus(v USD) USD { return min(u+v, Beyond) }

// Part is the amount times part/whole, rounded to the nearest billionth; a
// product above Most is Beyond. The amount and part must not be negative, and
// whole must be positive.
func (u USD) Part(part, whole int64) USD {
	hi, lo := bits.Mul64(uint64(u), uint64(part))
	w := wide{hi, lo}.plus(0, uint64(whole)/2)
	if w.hi >= uint64(whole) {
		return Beyond
	}
	quotient, _ := bits.Div64(w.hi, w.lo, uint64(whole))
	return USD(min(quotient, uint64(Beyond)))
}

// Dollars is the amount as a float64, for charts and ratios.
func (u USD) Dollars() float64 { return float64(u) / float64(Dollar) }

// Cents rounds the amount to whole cents, halves away from zero.
func (u USD) Cents() int64 {
	const cent = int64(Dollar / 100)
	half := cent / 2
	if u < 0 {
		half = -half
	}
	return (int64(u) + half) / cent
}

// String prints the amount to the cent, as a bill does: 1234.50.
func (u USD) String() string {
	c, sign := u.Cents(), ""
	if c < 0 {
		c, sign = -c, "-"
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// MarshalJSON writes the amount as a number of dollars, with every digit.
func (u USD) MarshalJSON() ([]byte, error) {
	return []byte(decimal(int64(u), 9)), nil
}

// UnmarshalJSON reads what MarshalJSON writes. An amount above Most is refused,
// whatever its sign.
func (u *USD) UnmarshalJSON(text []byte) error {
	n, err := parseDecimal(string(text), 9)
	if err == nil && (USD(n) > Most || USD(n) < -Most) {
		err = fmt.Errorf("must be an amount of at most a billion dollars, got %s", text)
	}
	*u = USD(n)
	return err
}

// PerUnit is a price for one unit, in trillionths of a dollar: fine enough for
// every price that AWS lists, which have ten decimals.
type PerUnit int64

// unitDecimals is how many decimals a PerUnit keeps.
const unitDecimals = 12

// MaxPerUnit is the largest price: a million dollars for one unit.
const MaxPerUnit PerUnit = 1_000_000 * 1_000_000_000_000

// ParsePerUnit reads a decimal number of dollars such as 0.0000166667.
func ParsePerUnit(s string) (PerUnit, error) {
	n, err := parseDecimal(s, unitDecimals)
	if err != nil {
		return 0, err
	}
	if n < 0 {
		return 0, fmt.Errorf("must not be negative, got %s", s)
	}
	if PerUnit(n) > MaxPerUnit {
		return 0, fmt.Errorf("must be at most 1000000, got %s", s)
	}
	return PerUnit(n), nil
}

// String is the price in dollars with every digit and no exponent.
func (p PerUnit) String() string { return decimal(int64(p), unitDecimals) }

// Dollars is the price as a float64.
func (p PerUnit) Dollars() float64 { return float64(p) / 1e12 }

// MarshalText writes what String prints.
func (p PerUnit) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePerUnit does.
func (p *PerUnit) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePerUnit(string(text))
	return err
}

// decimal prints n / 10^places without trailing zeros.
func decimal(n int64, places int) string {
	sign := ""
	magnitude := uint64(n)
	if n < 0 {
		sign, magnitude = "-", -uint64(n)
	}
	digits := strconv.FormatUint(magnitude, 10)
	if len(digits) <= places {
		digits = strings.Repeat("0", places-len(digits)+1) + digits
	}
	whole, fraction := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

// parseDecimal reads a decimal number as n / 10^places. Digits beyond the last
// place are refused unless they are zeros: rounding a price would be silent.
func parseDecimal(s string, places int) (int64, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return 0, fmt.Errorf("must have at most %d decimals, got %s", places, s)
		}
		fraction = fraction[:places]
	}
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits+fraction, "0123456789") != "" {
		return 0, fmt.Errorf("must be a decimal number such as 0.0816, got %q", s)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", places-len(fraction)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("must be a decimal number that is not so large, got %s", s)
	}
	return n, nil
}

// wide is an unsigned 128-bit number.
type wide struct{ hi, lo uint64 }

func (w wide) plus(hi, lo uint64) wide {
	sum, carry := bits.Add64(w.lo, lo, 0)
	top, _ := bits.Add64(w.hi, hi, carry)
	return wide{top, sum}
}

// usd turns picodollars into an amount, rounded to the nearest billionth. What
// is above Most becomes Beyond.
func (w wide) usd() USD {
	w = w.plus(0, 500)
	if w.hi >= 1000 {
		return Beyond
	}
	nano, _ := bits.Div64(w.hi, w.lo, 1000)
	return USD(min(nano, uint64(Beyond)))
}
