package core

import (
	"math"
	"testing"
)

// A machine that is measured against itself has the factor 1, within what its loops differ by
// from one time to the next.
func TestAgainstItself(t *testing.T) {
	first, err := Measure(t.Context(), References()[0])
	if err != nil {
		t.Fatal(err)
	}
	itself := Reference{Name: "itself"}
	for i, l := range first.Loops {
		itself.nanoseconds[i] = l.Here
	}
	again, err := Measure(t.Context(), itself)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(again.Factor-1) > .25 {
		t.Errorf("this machine is %.3f times itself", again.Factor)
	}
	if again.Low > again.Factor || again.High < again.Factor {
		t.Errorf("%.3f is not between %.3f and %.3f", again.Factor, again.Low, again.High)
	}
	t.Logf("against %s: %.3f, %.3f to %.3f, ± %.1f %%; against itself: %.3f ± %.1f %%", first.Reference.Name,
		first.Factor, first.Low, first.High, 100*first.Error(), again.Factor, 100*again.Error())
}

// The factor is the reference's time by ours: a core that takes half of the time has 2.
func TestFactor(t *testing.T) {
	f := Factor{Factor: 2, Low: 1.6, High: 2.2}
	if got := f.Error(); math.Abs(got-.25) > 1e-9 {
		t.Errorf("error %.3f, want .25", got)
	}
	if _, err := Find("z99"); err == nil {
		t.Error("z99 is a reference")
	}
	for _, r := range References() {
		if got, err := Find(r.Name); err != nil || got.Name != r.Name {
			t.Errorf("%s: %v, %v", r.Name, got, err)
		}
	}
}
