package simulate_test

import (
	"fmt"
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

// TestObjectivesOfMessages: the age of the oldest message, at most or in a part of the time.
func TestObjectivesOfMessages(t *testing.T) {
	in := input(t, thumbnails)
	r := run(t, in, made(t, 20, spec.Bursty, time.Hour, 1))
	for _, target := range spec.Targets() {
		side := r.Of(target)
		oldest := side.Messages.Oldest
		for _, c := range []struct {
			text string
			want bool
		}{
			{"age < " + fmt.Sprint(time.Duration(oldest.Max).Round(time.Second)+2*time.Second), true},
			{"age < 1ms", false},
			{"age p50 < " + fmt.Sprint(time.Duration(oldest.P50).Round(time.Second)+2*time.Second), true},
			{"age p99 < 1ms", false},
		} {
			list, err := simulate.ParseObjectives(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := simulate.AllHold(list, side); got != c.want || !list[0].OfAge() {
				t.Errorf("%s: %s is %t: %s", target, c.text, got, list[0].Text(list[0].Value(side)))
			}
		}
	}
	for _, text := range []string{"age", "age p100 < 1s", "agep99 < 1s", "age errors < 1%", "< 1s"} {
		if _, err := simulate.ParseObjectives(text); err == nil {
			t.Errorf("%q is an objective", text)
		}
	}
}
