package portable_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"ambi/internal/portable"
)

func TestFunctionsAgreeWithPackageMath(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		x := math.Exp(random.Float64()*120 - 60)
		if got, want := portable.Ln(x), math.Log(x); math.Abs(got-want) > 1e-13*max(1, math.Abs(want)) {
			t.Fatalf("ln(%v) = %v, want %v", x, got, want)
		}
		y := random.Float64()*100 - 50
		if got, want := portable.Exp(y), math.Exp(y); math.Abs(got-want) > 1e-13*want {
			t.Fatalf("exp(%v) = %v, want %v", y, got, want)
		}
		tail := math.Exp(-random.Float64()*27) / 2
		got := portable.Probit(tail, true)
		if back := math.Erfc(got/math.Sqrt2) / 2; math.Abs(back-tail) > 1e-12*tail {
			t.Fatalf("probit(%v) = %v, whose tail is %v", tail, got, back)
		}
		if portable.Probit(tail, false) != -got {
			t.Fatalf("probit(%v) is not symmetric", tail)
		}
	}
}
