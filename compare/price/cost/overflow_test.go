package cost

import (
	"math"
	"math/big"
	"testing"
)

// erlang is Erlang's B by its definition, in rational numbers.
func erlang(n int, load float64) float64 {
	a, term, sum := new(big.Rat).SetFloat64(load), big.NewRat(1, 1), big.NewRat(1, 1)
	for k := 1; k <= n; k++ {
		term = new(big.Rat).Mul(term, new(big.Rat).Quo(a, big.NewRat(int64(k), 1)))
		sum.Add(sum, term)
	}
	b, _ := new(big.Rat).Quo(term, sum).Float64()
	return b
}

func TestOverflow(t *testing.T) {
	for _, load := range []float64{1e-6, .25, 1, 4.75, 30, 1000} {
		for _, n := range []int{0, 1, 2, 5, 29, 30, 31, 60} {
			if got, want := overflow(n, load), erlang(n, load); math.Abs(got-want) > 1e-13*want+1e-18 {
				t.Errorf("B(%d, %v) is %v, want %v", n, load, got, want)
			}
		}
	}
	// SimFaaS's case of 1,000 places; tables of Erlang's B have .0199 for 20 and 13.2.
	if got := overflow(1000, 2016); math.Abs(got-.50445) > 1e-5 {
		t.Errorf("B(1000, 2016) is %v", got)
	}
	if got := overflow(20, 13.2); math.Abs(got-.02) > 2e-4 {
		t.Errorf("B(20, 13.2) is %v", got)
	}
	if overflow(3, 0) != 0 || overflow(0, 3) != 1 || !math.IsNaN(overflow(3, math.NaN())) {
		t.Error("the ends are wrong")
	}
}
