package portable_test

import (
	"math"
	"testing"

	"ambi/internal/portable"
)

// A median of 20 and a 99th percentile of 390, by hand: sigma = ln(19.5)/2.3263479 =
// 2.9704145/2.3263479 = 1.2768574, and the mean is 20 exp(1.2768574^2/2) = 20 exp(.8151824)
// = 20 x 2.2595878 = 45.191755.
func TestLognormalThrough(t *testing.T) {
	l := portable.LognormalThrough(20, 390)
	for what, c := range map[string]struct{ got, want float64 }{
		"sigma":             {l.Sigma, 1.2768574},
		"mean":              {l.Mean(), 45.191755},
		"median":            {l.Quantile(.5, true), 20},
		"99th percentile":   {l.Quantile(.01, true), 390},
		"99.9th percentile": {l.Quantile(.001, true), 20 * math.Exp(1.2768574*3.0902323)},
		"above the 99th":    {l.Above(390), .01},
		"above the median":  {l.Above(20), .5},
	} {
		if math.Abs(c.got-c.want) > 1e-7*c.want {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
	if flat := portable.LognormalThrough(5, 5); math.Abs(flat.Mean()-5) > 1e-12 || flat.Sigma != 0 {
		t.Errorf("equal quantiles have the mean %v", flat.Mean())
	}
}
