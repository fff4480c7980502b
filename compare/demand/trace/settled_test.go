package trace

import (
	"math"
	"testing"
)

// TestSettled holds the portable form against package math's, and where that loses
// its digits, against the beginning of the series.
func TestSettled(t *testing.T) {
	for x := 1e-9; x < 1e9; x *= 1.7 {
		want := 1 + math.Expm1(-x)/x
		if x < .01 {
			want = x/2 - x*x/6 + x*x*x/24 - x*x*x*x/120
		}
		if got := settled(x); math.Abs(got/want-1) > 1e-8*min(1, x)+1e-13 {
			t.Errorf("at %v: %v, want %v", x, got, want)
		}
	}
}
