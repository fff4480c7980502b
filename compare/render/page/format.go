package page

import (
	"fmt"
	"math"
	"strconv"

	"ambi/compare/format"
)

// count prints a number in full where it is short, and with k, M or G where not.
func count(n float64) string {
	switch {
	case n == 0:
		return "0"
	case math.Abs(n) < 1000:
		return fmt.Sprintf("%.4g", n)
	case math.Abs(n) < 1e6:
		return format.Grouped(fmt.Sprintf("%.0f", n))
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

// digits keeps six digits of a number, which is more than a chart shows.
func digits(n float64) float64 {
	kept, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 6, 64), 64)
	if err != nil || math.IsNaN(kept) || math.IsInf(kept, 0) {
		return 0
	}
	return kept
}
