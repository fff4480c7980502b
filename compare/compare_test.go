package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/cost"
	"ambi/compare/nodes"
	"ambi/compare/prices"
	"ambi/compare/traffic"
	"ambi/spec"
)

// thumbs is an app with one service, as the repository's own example.
const thumbs = `apiVersion: ambi/v1
name: thumbs
targets: [lambda, kubernetes]
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    cpu: 500m
    memory: 512Mi
    concurrency: 10
    secrets: {API_KEY: {name: thumbs-api-key, key: value}}
    http: {routes: [POST /thumbnails, "GET /placeholders/{width}/{height}"]}
    scale: {min: 1, max: 50, cpu: 70}
    lambda: {architecture: arm64, handler: native}
usage: {requests: 3M/month, duration: 40ms, cpuTime: 12ms, shape: diurnal}
`

// shop is an app with three services.
const shop = `apiVersion: ambi/v1
name: shop
targets: [lambda, kubernetes]
services:
  web: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1.0.0, http: {routes: ["GET /"]}, scale: {max: 1000}}
  api: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1.0.0, http: {routes: ["GET /api"]}, scale: {max: 1000}}
  jobs: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs:1.0.0, http: {routes: ["POST /jobs"]}, scale: {max: 1000}}
usage: {requests: 3M/month, duration: 40ms, cpuTime: 12ms, shape: steady}
`

// complete gives what the spec cannot say.
func complete(u traffic.Usage) traffic.Usage {
	u.Request, u.Response = traffic.Known[int64](2000), traffic.Known[int64](6000)
	u.Log, u.Outbound, u.Start = traffic.Known[int64](300), traffic.Known[int64](0), traffic.Known(120*time.Millisecond)
	return u
}

func input(t testing.TB, text string) compare.Input {
	t.Helper()
	book, err := prices.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	in := compare.Input{App: app, Usage: compare.UsageOf(app), Sheet: sheet, Catalog: catalog, Choices: cost.Defaults()}
	for name, u := range in.Usage {
		in.Usage[name] = complete(u)
	}
	return in
}

func run(t testing.TB, in compare.Input) compare.Result {
	t.Helper()
	r, err := compare.Compare(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at gives every service a number of requests a month.
func at(in compare.Input, requests float64) compare.Input {
	usage := map[string]traffic.Usage{}
	for name, u := range in.Usage {
		u.Requests = traffic.Known(requests)
		usage[name] = u
	}
	in.Usage = usage
	return in
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for _, text := range []string{thumbs, shop} {
		var first []byte
		for range 3 {
			out, err := json.Marshal(run(t, at(input(t, text), 5e6)))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = out
			}
			if !bytes.Equal(first, out) {
				t.Fatal("two comparisons of one spec differ")
			}
		}
		if bytes.Contains(first, []byte(":null,\"bands\"")) || bytes.Contains(first, []byte(`"crossings":null`)) || bytes.Contains(first, []byte(`"missing":null`)) {
			t.Error("an empty list is null")
		}
	}
}

func TestVerdicts(t *testing.T) {
	busy := func(in *compare.Input) {
		*in = at(*in, 2e9)
		in.Choices.Kubernetes.RequestsPerConnection = 100
		in.App.Services["api"].Scale.Max = 1000
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
			in.App.Services["api"].Scale.Max = 1000
		}, compare.Either, "both cost about the same"},
		{"only Kubernetes", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Kubernetes, "the only target that takes the app as it is: lambda has a blocker: must be at most 30s"},
		{"only Kubernetes, near the crossing", strings.Replace(thumbs, "concurrency: 10", "timeout: 2m", 1), func(in *compare.Input) { *in = at(*in, 100e6) }, compare.Kubernetes, "the only target"},
		{"only Lambda", strings.Replace(thumbs, "min: 1", "min: 0", 1), busy, compare.Lambda, "the only target that takes the app as it is: kubernetes has a blocker"},
		{"neither", strings.Replace(strings.Replace(thumbs, "min: 1", "min: 0", 1), "concurrency: 10", "timeout: 2m", 1), func(*compare.Input) {}, compare.Neither, "neither target"},
		{"a figure is missing", thumbs, func(in *compare.Input) {
			u := in.Usage["api"]
			u.Log, u.CPUTime = traffic.Maybe[int64]{}, traffic.Maybe[time.Duration]{}
			in.Usage["api"] = u
		}, compare.Unknown, "a verdict needs cpuTime, log"},
		{"nothing is known", thumbs, func(in *compare.Input) { in.Usage = nil }, compare.Unknown, "a verdict needs requests, duration, cpuTime"},
		{"a start that cannot matter", thumbs, func(in *compare.Input) {
			u := in.Usage["api"]
			u.Start = traffic.Maybe[time.Duration]{}
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
	answer := func(start traffic.Maybe[time.Duration]) compare.Verdict {
		u := in.Usage["api"]
		u.Start = start
		in.Usage["api"] = u
		return run(t, in).Verdict
	}
	none, ten := answer(traffic.Known(time.Duration(0))), answer(traffic.Known(10*time.Second))
	if none.Answer != compare.Lambda || ten.Answer != compare.Kubernetes {
		t.Fatalf("the case does not turn: %s, %s", none.Because, ten.Because)
	}
	if v := answer(traffic.Maybe[time.Duration]{}); v.Answer != compare.Unknown || len(v.Missing) != 1 || len(v.Whatever) != 0 {
		t.Errorf("got %s because %s", v.Answer, v.Because)
	}
}

func TestUnknownIsAFormula(t *testing.T) {
	in := input(t, thumbs)
	in.Usage = nil
	r := run(t, in)
	for _, side := range []compare.Side{r.Lambda, r.Kubernetes} {
		if side.Bill == nil || side.Bill.Total != nil {
			t.Fatalf("a total is known: %+v", side)
		}
		for _, c := range side.Bill.Components {
			if c.Cost == nil && (len(c.Missing) == 0 || c.Formula == "" || c.Tiers == nil) {
				t.Errorf("no formula: %+v", c)
			}
		}
	}
	if len(r.BreakEven.Points) != 0 || len(r.BreakEven.Missing) == 0 || r.Nodes != nil {
		t.Errorf("a curve of nothing: %+v", r.BreakEven)
	}
}

// Without a number of requests there is no verdict, and a curve all the same.
func TestBreakEvenNeedsNoRequests(t *testing.T) {
	in := input(t, thumbs)
	u := in.Usage["api"]
	u.Requests = traffic.Maybe[float64]{}
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

// A flip, tried: with the input at its new value the answer is the other one,
// and just before it the old one.
func TestSensitivityTurnsTheAnswer(t *testing.T) {
	in := at(input(t, thumbs), 90e6)
	r := run(t, in)
	if len(r.Sensitivity) < 2 {
		t.Fatalf("only %+v", r.Sensitivity)
	}
	change := map[string]func(u *traffic.Usage, f float64){
		"requests": func(u *traffic.Usage, f float64) { u.Requests = traffic.Known(u.Requests.Or(0) * f) },
		"duration": func(u *traffic.Usage, f float64) {
			u.Duration = traffic.Known(time.Duration(float64(u.Duration.Or(0)) * f))
		},
		"logSize": func(u *traffic.Usage, f float64) { u.Log = traffic.Known(int64(float64(u.Log.Or(0)) * f)) },
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
			changed.Usage = map[string]traffic.Usage{"api": u}
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

// Amounts in sentences are grouped as those in tables are.
func TestSentencesGroupThousands(t *testing.T) {
	r := run(t, at(input(t, thumbs), 1.314e9))
	if !strings.Contains(r.Verdict.Because, ",") {
		t.Errorf("because %q", r.Verdict.Because)
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
		for _, s := range in.App.Services {
			s.Lambda.Provisioned = provisioned
		}
		r := run(t, in)
		told, known := r.Services[0].Lambda.ColdShare.Get()
		if i := slices.IndexFunc(r.ColdStarts, func(c compare.ColdStarts) bool { return c.Assumed }); r.ColdStarts[i].Services[0].Share != traffic.Known(told) || !known {
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

func TestEveryAssumptionIsThere(t *testing.T) {
	r := run(t, input(t, thumbs))
	var all strings.Builder
	for _, a := range r.Assumptions {
		all.WriteString(a.Topic + ": " + a.Text + "\n")
	}
	for _, want := range []string{
		"nothing here was measured on AWS", "us-east-1", "dated 2024-07-01 to 2026-09-28", "730 hours", "free allowances are not counted",
		"idle environment lives for 6m\n", "node latency: ", "a duration of 40ms", "12ms of CPU time", "peak-to-mean ratio of 2 for diurnal",
		"needs no seed", "m7g.large, 2 at least", "target utilization", "a connection carries one request", "an IPv4 address each", "On neither:",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("assumptions lack %q:\n%s", want, all.String())
		}
	}
	in := input(t, thumbs)
	change, err := prices.ParseOverride("nat.hours=0.02")
	if err != nil {
		t.Fatal(err)
	}
	book, err := prices.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if in.Sheet, err = book.In("us-east-1", change); err != nil {
		t.Fatal(err)
	}
	r = run(t, in)
	if !slices.Equal(r.PriceChanges, []string{"nat.hours=0.02"}) || !slices.ContainsFunc(r.Assumptions, func(a compare.Assumption) bool { return strings.Contains(a.Text, "nat.hours=0.02") }) {
		t.Errorf("the user's own price is not shown: %v", r.PriceChanges)
	}
}

func TestAssumptionsFollowTheSpec(t *testing.T) {
	text := func(spec string) string {
		var all strings.Builder
		for _, a := range run(t, input(t, spec)).Assumptions {
			all.WriteString(a.Text + "\n")
		}
		return all.String()
	}
	for want, change := range map[string][2]string{
		"where the autoscaler watches memory":      {"cpu: 70}", "memory: 70}"},
		"priced with one replica at least, since":  {"min: 1", "min: 0"},
		"go out through one NAT gateway":           {"handler: native", "handler: native, vpc: true"},
		"stands for the gateway, or the ingress":   {"handler: native}", "handler: native}\n    kubernetes: {ingress: {class: nginx}}"},
		"a peak-to-mean ratio of 8 for bursty":     {"shape: diurnal", "shape: bursty"},
		"bursts of 5 minutes for sporadic traffic": {"shape: diurnal", "shape: sporadic"},
	} {
		if strings.Contains(text(thumbs), want) {
			t.Errorf("%q without a reason", want)
		}
		if changed := text(strings.Replace(thumbs, change[0], change[1], 1)); !strings.Contains(changed, want) {
			t.Errorf("%s: no %q in\n%s", change[1], want, changed)
		}
	}
}

func TestOperationsFollowThePlan(t *testing.T) {
	duties := func(text string, bend func(*compare.Input)) string {
		in := input(t, text)
		bend(&in)
		var all strings.Builder
		for _, d := range run(t, in).Operations {
			if d.Duty == "" || d.Why == "" || d.From == "" {
				t.Errorf("duty %+v", d)
			}
			fmt.Fprintf(&all, "%s: %s\n", d.Target, d.Duty)
		}
		return all.String()
	}
	plain := duties(thumbs, func(*compare.Input) {})
	for want, change := range map[string]string{
		"lambda: keep the Lambda Web Adapter up to date": "handler: adapter",
		"lambda: size provisioned concurrency":           "handler: native, provisioned: 2",
		"lambda: own the VPC":                            "handler: native, vpc: true",
	} {
		if strings.Contains(plain, want) {
			t.Errorf("%s without a reason", want)
		}
		if got := duties(strings.Replace(thumbs, "handler: native", change, 1), func(*compare.Input) {}); !strings.Contains(got, want) {
			t.Errorf("with %s: no %s in\n%s", change, want, got)
		}
	}
	if !strings.Contains(plain, "kubernetes: create the Secrets") || strings.Contains(duties(shop, func(in *compare.Input) { *in = at(*in, 1) }), "kubernetes: create the Secrets") {
		t.Error("Secrets are created where there are none")
	}
	if got := duties(thumbs, func(in *compare.Input) { in.Choices.Kubernetes.AutoMode = true }); strings.Contains(got, "patch the nodes' system") {
		t.Error("Auto Mode's nodes are the team's")
	}
}

func TestServicesOfAnApp(t *testing.T) {
	in := input(t, shop)
	for name, u := range in.Usage {
		if u.Requests.IsKnown() || !u.Duration.IsKnown() {
			t.Errorf("%s: the app's requests are not divided, its duration holds for all: %+v", name, u)
		}
	}
	r := run(t, in)
	if r.Verdict.Answer != compare.Unknown || !strings.Contains(r.Verdict.Because, "api.requests, jobs.requests, web.requests") {
		t.Errorf("got %s", r.Verdict.Because)
	}

	r = run(t, at(in, 60e6))
	lambda, kubernetes := prices.USD(0), prices.USD(0)
	for _, s := range r.Services {
		lambda += *s.Alone.Lambda
		kubernetes += *s.Alone.Kubernetes
		// Alone a service pays for a cluster of its own; beside the others it adds what it uses.
		if s.Together == nil || *s.Together.Kubernetes >= *s.Alone.Kubernetes-100*prices.Dollar || *s.Together.Kubernetes <= 0 {
			t.Errorf("%s: %v together, %v alone", s.Name, s.Together, s.Alone.Kubernetes)
		}
		if s.Verdict.Answer == "" || len(s.Crossings) == 0 {
			t.Errorf("%s: %+v", s.Name, s.Verdict)
		}
	}
	if *r.Verdict.Kubernetes >= kubernetes {
		t.Error("one cluster costs no less than three")
	}
	// Lambda has nothing to share but the API's alarm, and tiers, which 180 M requests do not reach.
	if diff := lambda - 2*prices.Dollar/10 - *r.Verdict.Lambda; diff > 10 || diff < -10 {
		t.Errorf("three functions cost %s, one by one %s", r.Verdict.Lambda, lambda)
	}
	names := []string{}
	for _, s := range r.Services {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"api", "jobs", "web"}) {
		t.Errorf("services %v", names)
	}
}

func TestARefusedTargetMayBeUnpriced(t *testing.T) {
	r := run(t, input(t, strings.Replace(thumbs, "memory: 512Mi", "memory: 20Gi", 1)))
	if r.Lambda.Bill != nil || !strings.Contains(r.Lambda.Unpriced, "memory must be 128 to 10240 MB") {
		t.Errorf("got %+v", r.Lambda)
	}
	if r.Verdict.Answer != compare.Kubernetes || r.Kubernetes.Bill == nil || r.Verdict.Saves != nil || len(r.BreakEven.Points) != 0 {
		t.Errorf("got %+v", r.Verdict)
	}
}

func TestWhatMakesNoSenseIsAnError(t *testing.T) {
	for want, bend := range map[string]func(*compare.Input){
		"usage of api: requests: must be":        func(in *compare.Input) { *in = at(*in, -1) },
		"lambda: zones: must be 1 to 6":          func(in *compare.Input) { in.Choices.Kubernetes.Zones = 9 },
		"kubernetes: instance type \"x\" is not": func(in *compare.Input) { in.Choices.Kubernetes.Instance = "x" },
	} {
		in := input(t, thumbs)
		bend(&in)
		if _, err := compare.Compare(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRequestsPerInstanceScale(t *testing.T) {
	// scale.requests of 10/s for each instance: 100/s take ten replicas.
	text := strings.Replace(thumbs, "cpu: 70}", "requests: 10/s}\n    kubernetes: {metric: http_requests}", 1)
	r := run(t, at(input(t, strings.Replace(text, "shape: diurnal", "shape: steady", 1)), 100*traffic.SecondsPerMonth))
	if n, _ := r.Services[0].Kubernetes.Peak.Get(); n != 10 || r.Services[0].Kubernetes.DecidedBy != cost.ByRequests {
		t.Errorf("got %+v", r.Services[0].Kubernetes)
	}
}

func BenchmarkCompare(b *testing.B) {
	in := input(b, thumbs)
	for b.Loop() {
		run(b, in)
	}
}

// BenchmarkThousandServices compares an app of a thousand services.
func BenchmarkThousandServices(b *testing.B) {
	var text strings.Builder
	text.WriteString("apiVersion: ambi/v1\nname: large\ntargets: [lambda, kubernetes]\nservices:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  s%d: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/s:1.%d\", cpu: %dm, memory: %dMi, http: {routes: [\"GET /%d\"]}}\n", i, i, 100+i%700, 128+i%1000, i)
	}
	in := input(b, text.String())
	i := 0
	for _, name := range in.App.ServiceNames() {
		u := complete(traffic.Usage{})
		u.Requests, u.Duration, u.CPUTime = traffic.Known(float64(1000*(i+1))), traffic.Known(50*time.Millisecond), traffic.Known(10*time.Millisecond)
		u.Shape = []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[i%4]
		in.Usage[name] = u
		i++
	}
	for b.Loop() {
		run(b, in)
	}
}
