package compare_test

import (
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/spec"
)

func TestVerdicts(t *testing.T) {
	busy := func(in *compare.Input) {
		*in = at(*in, 2e9)
		in.Choices.Kubernetes.RequestsPerConnection = 100
		in.Resolved = with(t, in.Resolved, "services.api.scale.max", 1000)
	}
	for _, c := range []struct {
		name    string
		text    string
		bend    func(*compare.Input)
		want    compare.Answer
		because string
	}{
		{"little traffic", thumbs, func(*compare.Input) {}, compare.Lambda, "a month against $"},
		{"much steady traffic", thumbs, busy, compare.Kubernetes, "a month against $"},
		{"about the same", thumbs, func(in *compare.Input) {
			*in = at(*in, 121e6)
			in.Resolved = with(t, in.Resolved, "services.api.scale.max", 1000)
		}, compare.Either, "both cost about the same"},
		{"only Kubernetes", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Kubernetes, "the only target that takes the app as it is: lambda has a blocker at services.api.timeout: must be at most 30s"},
		{"only Kubernetes, near the crossing", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(in *compare.Input) { *in = at(*in, 100e6) }, compare.Kubernetes, "the only target"},
		{"only Lambda", strings.Replace(thumbs, "min: 1", "min: 0", 1), busy, compare.Lambda, "the only target that takes the app as it is: kubernetes has a blocker"},
		{"neither", strings.Replace(strings.Replace(thumbs, "min: 1", "min: 0", 1), "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Neither, "neither target takes the app as it is: lambda has a blocker at services.api.timeout: must be at most 30s on target lambda, got 2m: an HTTP API waits no longer; kubernetes has a blocker at services.api.scale.min: "},
		{"a figure is missing", thumbs, func(in *compare.Input) {
			u := in.Usage["api"]
			u.Log, u.CPUTime = demand.Maybe[int64]{}, demand.Maybe[time.Duration]{}
			in.Usage["api"] = u
		}, compare.Unknown, "a verdict needs cpuTime, log"},
		{"nothing is known", thumbs, func(in *compare.Input) { in.Usage = nil }, compare.Unknown, "a verdict needs requests, duration, cpuTime"},
		{"a start that cannot matter", thumbs, func(in *compare.Input) {
			u := in.Usage["api"]
			u.Start = demand.Maybe[time.Duration]{}
			in.Usage["api"] = u
		}, compare.Lambda, "whatever the unknown figures are, within their bounds: start"},
	} {
		in := input(t, c.text)
		c.bend(&in)
		r := run(t, in)
		v := r.Verdict
		if v.Answer != c.want || !strings.Contains(v.Because, c.because) {
			t.Errorf("%s: %s because %s", c.name, v.Answer, v.Because)
		}
		if (v.Saves == nil) != (v.Lambda == nil || v.Kubernetes == nil) {
			t.Errorf("%s: saves %v of %v and %v", c.name, v.Saves, v.Lambda, v.Kubernetes)
		}
		if v.Answer == compare.Unknown && (len(v.Missing) == 0 || r.BreakEven.Crossings == nil || len(r.Sensitivity) != 0) {
			t.Errorf("%s: %+v", c.name, v)
		}
		if (v.Answer == compare.Lambda || v.Answer == compare.Kubernetes) && len(v.Price) == 0 {
			t.Errorf("%s: the answer costs nothing elsewhere", c.name)
		}
		if v.Flip != nil && strings.Contains(v.Because, "the only target") {
			t.Errorf("%s: %+v is said to turn an answer that no cost gave", c.name, v.Flip)
		}
		if cold := strings.Contains(strings.Join(v.Price, "\n"), "% of requests meet a cold start"); cold != (v.Answer == compare.Lambda && r.Services[0].Lambda.ColdShare.Or(0) > 0) {
			t.Errorf("%s: cold starts are told: %v", c.name, cold)
		}
		if r.Services[0].Verdict.Answer != v.Answer {
			t.Errorf("%s: the only service's answer is %s, the app's %s", c.name, r.Services[0].Verdict.Answer, v.Answer)
		}
	}
}

// Nearly every request starts an environment, and a pod in a large cluster
// costs little: here 10 s of initialization would turn the answer.
func TestAStartThatMatters(t *testing.T) {
	in := at(input(t, strings.NewReplacer("shape: diurnal", "shape: steady", "cpu: 500m", "cpu: 133m").Replace(thumbs)), 120_000)
	in.Choices.Kubernetes.Shared, in.Choices.Kubernetes.PublicNodes = .001, false
	in.Choices.Lambda.KeepAlive = spec.Duration(time.Second)
	answer := func(start demand.Maybe[time.Duration]) compare.Verdict {
		u := in.Usage["api"]
		u.Start = start
		in.Usage["api"] = u
		return run(t, in).Verdict
	}
	none, ten := answer(demand.Known(time.Duration(0))), answer(demand.Known(10*time.Second))
	if none.Answer != compare.Lambda || ten.Answer != compare.Kubernetes {
		t.Fatalf("the case does not turn: %s, %s", none.Because, ten.Because)
	}
	if v := answer(demand.Maybe[time.Duration]{}); v.Answer != compare.Unknown || len(v.Missing) != 1 || len(v.Whatever) != 0 {
		t.Errorf("got %s because %s", v.Answer, v.Because)
	}
}

// A warning of many services stands once in the verdict, with the first one's name.
func TestAWarningOfManyServicesIsToldOnce(t *testing.T) {
	v := run(t, at(input(t, shop), 900e6)).Verdict
	said := strings.Join(v.Price, "\n")
	if v.Answer != compare.Kubernetes || strings.Count(said, "routing from outside") != 1 || !strings.Contains(said, "routing from outside of web: ") || !strings.Contains(said, "the same is said of other services") {
		t.Errorf("%s, with\n%s", v.Answer, said)
	}
	v = run(t, at(input(t, thumbs), 900e6)).Verdict
	if said := strings.Join(v.Price, "\n"); !strings.Contains(said, "routing from outside: ") || strings.Contains(said, "the same is said") {
		t.Errorf("%s, with\n%s", v.Answer, said)
	}
}

// Amounts in sentences are grouped as those in tables are.
func TestSentencesGroupThousands(t *testing.T) {
	r := run(t, at(input(t, thumbs), 1.314e9))
	if !strings.Contains(r.Verdict.Because, ",") {
		t.Errorf("because %q", r.Verdict.Because)
	}
}
