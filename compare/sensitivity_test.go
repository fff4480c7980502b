package compare_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/spec"
)

// flipping are specs whose figures are close enough for several changes to turn which
// target is cheaper: of one service and of several, with their figures in common or
// each their own.
var flipping = map[string]string{
	"one": `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    scale: {max: 1000}
    kubernetes: {ingress: {class: alb}}
usage: {requests: 140M/month, duration: 50ms, cpuTime: 10ms, requestSize: 1Ki, responseSize: 4Ki, logSize: 200, outboundSize: 0, startTime: 100ms, shape: bursty, peakToMean: 10, burst: 5m}
`,
	"two": `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    scale: {max: 1000}
    usage: {requests: 76M/month, duration: 80ms, cpuTime: 12ms, shape: diurnal, peakToMean: 3}
  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /web]}
    scale: {max: 1000}
    usage: {duration: 20ms, cpuTime: 8ms}
usage: {requests: 112M/month, requestSize: 1Ki, responseSize: 4Ki, logSize: 200, outboundSize: 0, startTime: 100ms, shape: steady}
`,
	"of REPORT lines": `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    scale: {max: 1000}
    kubernetes: {ingress: {class: alb}}
usage: {requests: 110M/month, reportDuration: 90ms@512Mi, cpuTime: 10ms, requestSize: 1Ki, responseSize: 4Ki, logSize: 200, outboundSize: 0, startTime: 100ms, shape: steady}
`,
	"of quantiles": `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    scale: {max: 1000}
    kubernetes: {ingress: {class: alb}}
usage: {requests: 110M/month, duration: {p50: 35ms, p99: 300ms}, cpuTime: 10ms, requestSize: 1Ki, responseSize: 4Ki, logSize: 200, outboundSize: 0, startTime: 100ms, shape: steady}
`,
	"three, cheaper on Kubernetes": `apiVersion: ambi/v1
name: shop
services:
  api: {image: &i "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0", http: {routes: [GET /]}, scale: {max: 1000}, usage: {requests: 72M/month, logSize: 2k}}
  web: {image: *i, http: {routes: [GET /web]}, scale: {max: 1000}, usage: {requests: 58M/month}}
  admin: {image: *i, http: {routes: [GET /admin]}, scale: {max: 1000}, usage: {requests: 1M/month, duration: 400ms}}
usage: {duration: 50ms, cpuTime: 20ms, requestSize: 1Ki, responseSize: 4Ki, logSize: 200, outboundSize: 0, startTime: 100ms, shape: diurnal, peakToMean: 2.5}
`,
}

// Each change that is said to turn which target is cheaper does, written into the spec
// as it is printed.
func TestFlipsFlip(t *testing.T) {
	of := map[string]int{}
	for name, text := range flipping {
		in := input(t, text)
		in.Usage = compare.UsageOf(in.Resolved.App)
		before := run(t, in)
		last := 0.0
		for _, flip := range before.Sensitivity {
			if distance := math.Abs(math.Log(flip.Factor)); distance < last-1e-9 {
				t.Errorf("%s: %s at %v is nearer than what comes before it", name, flip.Name(), flip.Factor)
			} else {
				last = distance
			}
			if cheaper(before) == flip.Answer {
				t.Errorf("%s: %+v turns nothing", name, flip)
			}
			after := in
			if flip.Input == "keepAlive" {
				if err := after.Choices.Lambda.KeepAlive.UnmarshalText([]byte(flip.To)); err != nil {
					t.Fatal(err)
				}
			} else {
				changed := []byte(text)
				for _, line := range flip.Write {
					if !strings.Contains(flip.To, line.Value) && line.Path != "usage.requests" {
						t.Errorf("%s: %+v does not print %s", name, flip, line.Value)
					}
					var err error
					if changed, err = spec.SetText(changed, line.Path, line.Value); err != nil {
						t.Fatal(err)
					}
				}
				if len(flip.Write) == 0 || string(changed) == text {
					t.Errorf("%s: %+v has nothing to write", name, flip)
				}
				after = input(t, string(changed))
				after.Usage = compare.UsageOf(after.Resolved.App)
			}
			if got := cheaper(run(t, after)); got != flip.Answer {
				t.Errorf("%s: %+v: %s is cheaper", name, flip, got)
			}
			of[flip.Of]++
		}
		if before.Verdict.Flip != nil && before.Verdict.Flip.Input != before.Sensitivity[0].Input {
			t.Errorf("%s: the nearest is %+v", name, before.Verdict.Flip)
		}
	}
	if of[""] < 3 || of[compare.EveryService] < 5 || of["api"] < 3 || of["web"] < 3 {
		t.Errorf("only these were tried: %v", of)
	}
}

func cheaper(r compare.Result) compare.Answer {
	if *r.Lambda.Bill.Total <= *r.Kubernetes.Bill.Total {
		return compare.Lambda
	}
	return compare.Kubernetes
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

// A choice whose month costs more than ambi counts is named, and not left out as if
// nobody had thought of it.
func TestAlternativesBeyondWhatIsCounted(t *testing.T) {
	in := input(t, thumbs)
	usage := in.Usage["api"]
	usage.Log = demand.Known[int64](10 << 30)
	in.Usage["api"] = usage
	low, high := 1e6, 1e12 // the first is counted, the last is not
	for range 50 {
		if middle := math.Sqrt(low * high); isCounted(at(in, middle)) {
			low = middle
		} else {
			high = middle
		}
	}
	result := run(t, at(in, low))
	if !slices.Contains(result.Beyond, "EKS Auto Mode") {
		t.Errorf("at %g requests, beyond a billion dollars are %q, and counted %v", low, result.Beyond, result.Alternatives)
	}
	if result = run(t, at(in, 1e6)); result.Beyond != nil {
		t.Errorf("at a million requests, beyond a billion dollars are %q", result.Beyond)
	}
}

func isCounted(in compare.Input) bool {
	_, err := compare.Compare(in)
	return err == nil
}

// A figure that only one of several services has is changed once, and named as that service's.
func TestOneFlipOfOneFigure(t *testing.T) {
	in := input(t, strings.Replace(flipping["one"], "usage: {", `  worker:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    schedule: {cron: "0 6 * * *"}
    usage: {duration: 1s, cpuTime: 100ms, startTime: 100ms, logSize: 0, outboundSize: 0}
usage: {`, 1))
	in.Usage = compare.UsageOf(in.Resolved.App)
	said, own := map[string]bool{}, 0
	for _, flip := range run(t, in).Sensitivity {
		if key := flip.Input + flip.To; said[key] {
			t.Errorf("twice: %+v", flip)
		} else {
			said[key] = true
		}
		if flip.Of == "api" && (flip.Input == string(demand.PeakToMean) || flip.Input == compare.RequestsInput) {
			own++
		}
	}
	if own == 0 {
		t.Errorf("none is of api alone: %v", said)
	}
}
