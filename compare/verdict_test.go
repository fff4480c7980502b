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
			*in = at(*in, 110e6)
			in.Resolved = with(t, in.Resolved, "services.api.scale.max", 1000)
		}, compare.Either, "both cost about the same"},
		{"only Kubernetes", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Kubernetes, "the only target that supports the app with this spec: lambda has a blocker at services.api.timeout: must be at most 30s"},
		{"only Kubernetes, near the crossing", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(in *compare.Input) { *in = at(*in, 100e6) }, compare.Kubernetes, "the only target"},
		{"only Lambda", strings.Replace(thumbs, "min: 1", "min: 0", 1), busy, compare.Lambda, "the only target that supports the app with this spec: kubernetes has a blocker"},
		{"neither", strings.Replace(strings.Replace(thumbs, "min: 1", "min: 0", 1), "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Neither, "neither target supports the app with this spec: lambda has a blocker at services.api.timeout: must be at most 30s on target lambda, got 2m: an HTTP API does not wait longer; kubernetes has a blocker at services.api.scale.min: "},
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
		}, compare.Lambda, "for any values of the unknown figures, within their bounds: start"},
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

// only is a spec of one service that says nothing of scale, so that its bounds are
// defaults.
const only = `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    kubernetes: {ingress: {class: alb}}
`

// What one line of the spec mends decides nothing: cost does, and the line is said.
// Written, it is all that was in the way.
func TestADefaultDecidesNothing(t *testing.T) {
	steady := func(text string, perSecond float64, duration time.Duration) compare.Input {
		in := input(t, text)
		u := complete(demand.Usage{})
		u.Requests, u.Duration, u.CPUTime, u.Shape = demand.Known(perSecond*demand.SecondsPerMonth), demand.Known(duration), demand.Known(10*time.Millisecond), spec.Steady
		in.Usage["api"] = u
		return in
	}
	for _, c := range []struct {
		name      string
		text      string
		perSecond float64
		duration  time.Duration
		want      compare.Answer
		lambda    string // what has to change there
		on        string // and on Kubernetes
	}{
		{"replicas", only, 1000, 50 * time.Millisecond, compare.Kubernetes, "", "services.api.scale.max: "},
		{"environments", only, 1000, 3400 * time.Millisecond, compare.Kubernetes, "a quota of 3,425 concurrent executions", "services.api.scale.max: "},
		{"a timeout", strings.Replace(only, "    http:", "    timeout: 2s\n    http:", 1), .1, 5 * time.Second, compare.Lambda, "services.api.timeout: 12s", "services.api.timeout: 12s"},
		{"reserved concurrency", strings.Replace(only, "    http:", "    scale: {max: 3}\n    concurrency: 2\n    lambda: {reserved: true}\n    http:", 1), 10, 2 * time.Second, compare.Kubernetes, "services.api.scale.max: 11", "services.api.scale.max: 11"},
		{"another registry", strings.Replace(only, "123456789012.dkr.ecr.us-east-1.amazonaws.com", "ghcr.io/example", 1), 1, 50 * time.Millisecond, compare.Lambda, "services.api.image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/example/shop:1.0.0", ""},
		{"the app's image", strings.Replace(strings.Replace(only, "    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0\n", "", 1), "name: shop\n", "name: shop\nimage: shop:1.0.0\n", 1), 1, 50 * time.Millisecond, compare.Lambda, "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0", ""},
		{"an image of Lambda's own", strings.Replace(only, "    http:", "    lambda: {image: \"localhost:5000/a/shop:1\"}\n    http:", 1), 1, 50 * time.Millisecond, compare.Lambda, "services.api.lambda.image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/a/shop:1", ""},
	} {
		in := steady(c.text, c.perSecond, c.duration)
		r := run(t, in)
		v := r.Verdict
		if v.Answer != c.want || v.Saves == nil || strings.Contains(v.Because, "only target") || !strings.Contains(v.Because, " a month against $") {
			t.Errorf("%s: %s because %s", c.name, v.Answer, v.Because)
		}
		changed := []byte(c.text)
		for target, want := range map[spec.Target]string{spec.Lambda: c.lambda, spec.Kubernetes: c.on} {
			var got []string
			for _, l := range r.Fit.Turned(target) {
				got = append(got, l.Change())
				for _, e := range l.Write {
					var err error
					if changed, err = spec.SetText(changed, e.Path, e.Value); err != nil {
						t.Fatal(err)
					}
				}
			}
			if list := strings.Join(got, ", "); (list == "") != (want == "") || !strings.HasPrefix(list, want) {
				t.Errorf("%s: on %s %q has to change, want %q", c.name, target, list, want)
			} else if said := strings.Contains(v.Because, "; it needs "+want); want != "" && c.lambda != c.on && said != (spec.Target(v.Answer) == target) {
				t.Errorf("%s: because %s", c.name, v.Because)
			}
			if fits := r.Fit.Fits(target); fits != (want == "" || strings.HasPrefix(want, "a quota")) {
				t.Errorf("%s: fits %s: %v", c.name, target, fits)
			}
		}
		after := run(t, steady(string(changed), c.perSecond, c.duration))
		for _, l := range after.Fit.Knobs {
			if len(l.Write) > 0 {
				t.Errorf("%s: %s is left after %s", c.name, l.Change(), changed)
			}
		}
		if *after.Verdict.Lambda != *v.Lambda || *after.Verdict.Kubernetes != *v.Kubernetes {
			t.Errorf("%s: %v and %v were stated, and %v and %v it costs", c.name, v.Lambda, v.Kubernetes, after.Verdict.Lambda, after.Verdict.Kubernetes)
		}
	}
	// What no line mends is a blocker still, and cost is stated beside it.
	r := run(t, steady(strings.Replace(only, "    http:", "    timeout: 30s\n    http:", 1), 1, 31*time.Second))
	if r.Verdict.Answer != compare.Kubernetes || !strings.Contains(r.Verdict.Because, "only target") || !strings.Contains(r.Verdict.Because, "by cost alone it would be kubernetes, $") {
		t.Errorf("%s because %s", r.Verdict.Answer, r.Verdict.Because)
	}
	r = run(t, steady(only, 100_000, 50*time.Millisecond))
	if got := r.Fit.Blocked(spec.Kubernetes); len(got) != 1 || len(got[0].Write) != 0 {
		t.Errorf("more replicas than the spec takes: %+v", got)
	}
	for n, ok := range map[string]bool{"1000": true, "1001": false} {
		text, err := spec.SetText([]byte(only), "services.api.scale.max", n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := spec.Parse("app.yaml", text); (err == nil) != ok {
			t.Errorf("scale.max of %s: %v, and spec.MaxInstances is %d", n, err, spec.MaxInstances)
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
	if v.Answer != compare.Kubernetes || strings.Count(said, "routing from outside") != 1 || !strings.Contains(said, "routing from outside of web: ") || !strings.Contains(said, "the same applies to other services") {
		t.Errorf("%s, with\n%s", v.Answer, said)
	}
	v = run(t, at(input(t, thumbs), 900e6)).Verdict
	if said := strings.Join(v.Price, "\n"); !strings.Contains(said, "routing from outside: ") || strings.Contains(said, "the same applies") {
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
