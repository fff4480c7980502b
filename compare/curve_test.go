package compare_test

import (
	"math"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price/cost"
)

// Without a number of requests there is no verdict, and a curve all the same.
func TestBreakEvenNeedsNoRequests(t *testing.T) {
	in := input(t, thumbs)
	u := in.Usage["api"]
	u.Requests = demand.Maybe[float64]{}
	in.Usage["api"] = u
	without, with := run(t, in), run(t, input(t, thumbs))
	if without.Verdict.Answer != compare.Unknown || without.BreakEven.Requests.IsKnown() {
		t.Errorf("got %+v", without.Verdict)
	}
	if len(with.BreakEven.Crossings) == 0 || len(without.BreakEven.Crossings) != len(with.BreakEven.Crossings) {
		t.Fatalf("%d crossings instead of %d", len(without.BreakEven.Crossings), len(with.BreakEven.Crossings))
	}
	for i, c := range without.BreakEven.Crossings {
		if diff := c.Requests - with.BreakEven.Crossings[i].Requests; math.Abs(diff) > 1 {
			t.Errorf("crossing at %v instead of %v", c.Requests, with.BreakEven.Crossings[i].Requests)
		}
	}
}

func TestBreakEven(t *testing.T) {
	r := run(t, input(t, thumbs))
	b := r.BreakEven
	if len(b.Points) != 400 || len(b.Crossings) == 0 || len(b.Bands) != 4 {
		t.Fatalf("%d points, %d crossings, %d bands", len(b.Points), len(b.Crossings), len(b.Bands))
	}
	for i, p := range b.Points {
		if p.LambdaLow > p.Lambda || p.Lambda > p.LambdaHigh || p.KubernetesLow > p.Kubernetes || p.Kubernetes > p.KubernetesHigh {
			t.Fatalf("point %+v is not between its bounds", p)
		}
		if i > 0 && p.Requests <= b.Points[i-1].Requests {
			t.Fatal("points do not ascend")
		}
	}
	// Each crossing, computed anew at its number of requests and one less.
	in := input(t, thumbs)
	for _, c := range b.Crossings {
		after, before := run(t, at(in, c.Requests)), run(t, at(in, c.Requests-1))
		if *after.Verdict.Lambda != c.Lambda || *after.Verdict.Kubernetes != c.Kubernetes {
			t.Errorf("at %v: %s and %s, the curve has %s and %s", c.Requests, after.Verdict.Lambda, after.Verdict.Kubernetes, c.Lambda, c.Kubernetes)
		}
		if (*after.Verdict.Lambda <= *after.Verdict.Kubernetes) == (*before.Verdict.Lambda <= *before.Verdict.Kubernetes) {
			t.Errorf("at %v nothing crosses", c.Requests)
		}
		for _, d := range []compare.Driver{c.LambdaDriver, c.KubernetesDriver, c.Cause} {
			if d.Name == "" || d.Category == "" || d.Cost <= 0 || d.Share <= 0 || d.Share > 1 {
				t.Errorf("at %v: driver %+v", c.Requests, d)
			}
		}
		if c.Step && c.Cause.Category != cost.Idle {
			t.Errorf("a step at %v because of %s", c.Requests, c.Cause.Name)
		}
	}
	first := b.Crossings[0]
	if first.LambdaDriver.Name != "HTTP API requests" || first.KubernetesDriver.Name != "Nodes m7g.large, idle" || first.Cause.Name != "HTTP API requests" {
		t.Errorf("drivers: %s, %s, because of %s", first.LambdaDriver.Name, first.KubernetesDriver.Name, first.Cause.Name)
	}
	for _, band := range b.Bands {
		if band.Low == "" || band.High == "" || len(band.Below)+len(band.Above) == 0 {
			t.Errorf("band %+v", band)
		}
	}
	// More time for each request brings the crossing forward.
	if d := b.Bands[0]; d.Input != "duration" || d.Low != "30ms" || d.High != "50ms" || !(d.Above[0].Requests < first.Requests && first.Requests < d.Below[0].Requests) {
		t.Errorf("duration: %+v", d)
	}
}

// Traffic of none costs what idles.
func TestNoTraffic(t *testing.T) {
	r := run(t, at(input(t, thumbs), 0))
	if r.Verdict.Lambda == nil || r.Verdict.Answer != compare.Lambda || len(r.BreakEven.Crossings) == 0 {
		t.Fatalf("%+v", r.Verdict)
	}
}
