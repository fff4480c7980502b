package simulate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/simulate"
	"ambi/spec"
)

// TestObjectives compares with the latencies themselves: what
// was turned away is not fast.
func TestObjectives(t *testing.T) {
	in := input(t, thumbs)
	in.Targets = []spec.Target{spec.Lambda}
	in.Variation = 0 // each takes as long as the other, but for starts
	free := run(t, in, made(t, 20, spec.Steady, 10*time.Minute, 1)).Lambda
	in.Concurrency = 1
	turnedAway := run(t, in, made(t, 20, spec.Steady, 10*time.Minute, 1)).Lambda
	for _, c := range []struct {
		text         string
		free, narrow bool
	}{
		{"p50 < 60ms", true, false}, // most are turned away by a concurrency of one
		{"p50<1ms", false, false},
		{"p20 <= 60ms", true, true},
		{"p99 < 60ms", true, false},
		{"errors < 1%", true, false},
		{"errors < 90%", true, true},
		{"errors<=0.5 % and p99.9 < 10s", true, false},
	} {
		objectives, err := simulate.ParseObjectives(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := simulate.AllHold(objectives, free); got != c.free {
			t.Errorf("%s with room is %t: %s", c.text, got, objectives[0].Text(objectives[0].Value(free)))
		}
		if got := simulate.AllHold(objectives, turnedAway); got != c.narrow {
			t.Errorf("%s without room is %t: %s", c.text, got, objectives[0].Text(objectives[0].Value(turnedAway)))
		}
	}
}

func TestObjectiveErrors(t *testing.T) {
	for _, text := range []string{"", "p99", "p99 > 300ms", "p100 < 1s", "p0 < 1s", "p99 < 300", "p99 < 0s", "errors < 101%", "errors < x", "p99 < 1s and", "p99 < 1s or errors < 1%"} {
		if _, err := simulate.ParseObjectives(text); err == nil || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%q: %v", text, err)
		}
	}
	list, err := simulate.ParseObjectives("p99.9 < 1s and errors < 0.1%")
	if err != nil || !slices.Equal([]string{list[0].String(), list[1].String()}, []string{"p99.9 < 1s", "errors < 0.1%"}) {
		t.Errorf("%v %v", list, err)
	}
}
