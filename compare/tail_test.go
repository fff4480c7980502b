package compare_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

// TestAveragesAndSimulationOfTailsAgree draws services with steady traffic whose durations are a
// median and a 99th percentile of 2 to 15 times what waits at the median: the bill of the mean
// that follows and that of the requests that are drawn are apart by less than a tenth, but for the
// causes that are listed.
func TestAveragesAndSimulationOfTailsAgree(t *testing.T) {
	cases := 60
	if testing.Short() {
		cases = 10
	}
	excused := map[string]int{}
	for i := range cases {
		d := draw{rand.New(rand.NewPCG(29, uint64(i)))}
		text := d.steady()
		in := input(t, text)
		in.Choices = d.perimeter()
		u := withStart(in.Usage["api"], in)
		waits := max(time.Millisecond, u.Duration.Or(0)-u.CPUTime.Or(0))
		u.Quantiles = demand.Known(spec.Quantiles{
			P50: spec.Duration(u.CPUTime.Or(0) + waits),
			P99: spec.Duration(u.CPUTime.Or(0) + waits*time.Duration(2+d.IntN(14))),
		})
		u, err := u.Derived()
		if err != nil {
			t.Fatal(err)
		}
		in.Usage["api"] = u
		mustAgree(t, fmt.Sprintf("case %d, %s: %s", i, u.Quantiles.Or(spec.Quantiles{}), text), in, excused)
	}
	t.Logf("%d cases, of two bills each; apart by more than a tenth: %v", cases, excused)
}
