package compare_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
)

// A flip, tried: with the input at its new value the answer is the other one,
// and just before it the old one.
func TestSensitivityTurnsTheAnswer(t *testing.T) {
	in := at(input(t, thumbs), 90e6)
	r := run(t, in)
	if len(r.Sensitivity) < 2 {
		t.Fatalf("only %+v", r.Sensitivity)
	}
	change := map[string]func(u *demand.Usage, f float64){
		"requests": func(u *demand.Usage, f float64) { u.Requests = demand.Known(u.Requests.Or(0) * f) },
		"duration": func(u *demand.Usage, f float64) {
			u.Duration = demand.Known(time.Duration(float64(u.Duration.Or(0)) * f))
		},
		"logSize": func(u *demand.Usage, f float64) { u.Log = demand.Known(int64(float64(u.Log.Or(0)) * f)) },
	}
	tried := 0
	last := 0.0
	for _, flip := range r.Sensitivity {
		if distance := math.Abs(math.Log(flip.Factor)); distance < last-1e-9 {
			t.Errorf("%s at %v is nearer than what comes before it", flip.Input, flip.Factor)
		} else {
			last = distance
		}
		apply, ok := change[flip.Input]
		if !ok {
			continue
		}
		tried++
		for _, c := range []struct {
			factor float64
			want   compare.Answer
		}{{math.Pow(flip.Factor, 1.03), flip.Answer}, {math.Pow(flip.Factor, .97), opposite(flip.Answer)}} {
			changed := in
			u := in.Usage["api"]
			apply(&u, c.factor)
			changed.Usage = map[string]demand.Usage{"api": u}
			v := run(t, changed).Verdict
			cheaper := compare.Kubernetes
			if *v.Lambda <= *v.Kubernetes {
				cheaper = compare.Lambda
			}
			if cheaper != c.want {
				t.Errorf("%s x %.3f: %s is cheaper, want %s", flip.Input, c.factor, cheaper, c.want)
			}
		}
	}
	if tried < 2 || r.Verdict.Flip == nil || r.Verdict.Flip.Input != r.Sensitivity[0].Input {
		t.Errorf("%d flips tried, the nearest is %+v", tried, r.Verdict.Flip)
	}
}

// Nobody reads nine digits of a duration that was searched for.
func TestFlipsHaveFourDigits(t *testing.T) {
	digits := 0
	for _, f := range run(t, at(input(t, thumbs), 90e6)).Sensitivity {
		for _, text := range []string{f.From, f.To} {
			n := len(strings.TrimLeft(strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, text), "0"))
			digits = max(digits, n)
			if n > 4 {
				t.Errorf("%s turns at %q, from %q", f.Input, f.To, f.From)
			}
		}
	}
	if digits == 0 {
		t.Error("nothing turns the answer")
	}
}

// One crossing is one number, whether as break-even or as what turns the answer.
func TestRequestsFlipAtTheBreakEven(t *testing.T) {
	for _, requests := range []float64{3e7, 6e7, 1.314e9} {
		r := run(t, at(input(t, thumbs), requests))
		found := 0
		for _, f := range r.Sensitivity {
			if f.Input != "requests" {
				continue
			}
			found++
			if !slices.ContainsFunc(r.BreakEven.Crossings, func(c compare.Crossing) bool { return math.Abs(f.Factor*requests/c.Requests-1) < 1e-5 }) {
				t.Errorf("at %v requests %+v is at none of the crossings", requests, f)
			}
		}
		if found == 0 && requests < 1e9 {
			t.Errorf("at %v requests there is no such flip among %+v", requests, r.Sensitivity)
		}
	}
}

func opposite(a compare.Answer) compare.Answer {
	if a == compare.Lambda {
		return compare.Kubernetes
	}
	return compare.Lambda
}

func TestAlternatives(t *testing.T) {
	r := run(t, at(input(t, thumbs), 60e6))
	names := map[string]compare.Alternative{}
	for _, a := range r.Alternatives {
		names[a.Name] = a
	}
	url := names["a function URL instead of the HTTP API"]
	if url.Lambda >= *r.Verdict.Lambda || url.Kubernetes != *r.Verdict.Kubernetes || url.Flips {
		t.Errorf("function URL: %+v", url)
	}
	if shared := names["a tenth of a shared cluster"]; !shared.Flips || shared.Kubernetes >= url.Lambda {
		t.Errorf("shared cluster: %+v", shared)
	}
	if _, ok := names["nodes that follow traffic"]; ok {
		t.Error("what is chosen already is no alternative")
	}
}

// A function URL is no alternative for an app that it cannot serve.
func TestAnAlternativeThatIsBlockedIsNone(t *testing.T) {
	for _, c := range []struct {
		http    string
		offered bool
	}{
		{"", true},
		{", auth: {jwt: {issuer: \"https://id.example.com\", audience: [thumbs]}}", false},
		{", domain: thumbs.example.com", false},
	} {
		text := strings.Replace(thumbs, `/{height}"]}`, `/{height}"]`+c.http+"}", 1)
		alternatives := run(t, at(input(t, text), 60e6)).Alternatives
		offered := slices.ContainsFunc(alternatives, func(a compare.Alternative) bool { return strings.HasPrefix(a.Name, "a function URL") })
		if offered != c.offered || len(alternatives) < 3 {
			t.Errorf("http%s: a function URL is offered: %v, among %d", c.http, offered, len(alternatives))
		}
	}
}

func TestColdStartsAtSeveralKeepAlives(t *testing.T) {
	r := run(t, at(input(t, thumbs), 10_000))
	var times []string
	last := 2.0
	for _, c := range r.ColdStarts {
		times = append(times, c.KeepAlive)
		share, ok := c.Services[0].Share.Get()
		if !ok || share > last || share <= 0 {
			t.Errorf("%s: %v after %v", c.KeepAlive, share, last)
		}
		last = share
		if c.Assumed != (c.KeepAlive == "6m") {
			t.Errorf("%s assumed: %v", c.KeepAlive, c.Assumed)
		}
	}
	if got := strings.Join(times, " "); got != "5m 6m 10m 1h" {
		t.Errorf("keep-alive times %s", got)
	}
}

// What is kept ready starts for no request, wherever the share of starts is told.
func TestProvisionedConcurrencySavesColdStarts(t *testing.T) {
	share := func(provisioned int) float64 {
		in := at(input(t, thumbs), 3e6)
		in.Resolved = with(t, in.Resolved, "services.api.lambda.provisioned", provisioned)
		r := run(t, in)
		told, known := r.Services[0].Lambda.ColdShare.Get()
		if i := slices.IndexFunc(r.ColdStarts, func(c compare.ColdStarts) bool { return c.Assumed }); r.ColdStarts[i].Services[0].Share != demand.Known(told) || !known {
			t.Errorf("%d provisioned: %v for the service, %+v by keep-alive", provisioned, told, r.ColdStarts[i])
		}
		for _, f := range r.Figures(nil) {
			if f.Name == "coldStarts" && f.Value != told {
				t.Errorf("%d provisioned: a gate sees %v, and the service has %v", provisioned, f.Value, told)
			}
		}
		return told
	}
	if none, some, many := share(0), share(3), share(100); !(none > some && some > many) || many != 0 {
		t.Errorf("with 0, 3 and 100 provisioned %v, %v and %v of the requests meet a start", none, some, many)
	}
}
