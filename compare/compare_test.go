package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target"
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
func complete(u demand.Usage) demand.Usage {
	u.Request, u.Response = demand.Known[int64](2000), demand.Known[int64](6000)
	u.Log, u.Outbound, u.Start = demand.Known[int64](300), demand.Known[int64](0), demand.Known(120*time.Millisecond)
	return u
}

// with changes one number of an app.
func with(t testing.TB, app *target.Resolved, path string, n int) *target.Resolved {
	t.Helper()
	changed, err := app.App.With(path, n)
	if err != nil {
		t.Fatal(err)
	}
	return target.Resolve(changed)
}

func input(t testing.TB, text string) compare.Input {
	t.Helper()
	book, err := price.Embedded()
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
	in := compare.Input{Resolved: target.Resolve(app), Usage: compare.UsageOf(app), Sheet: sheet, Catalog: catalog, Choices: cost.Defaults()}
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
	usage := map[string]demand.Usage{}
	for name, u := range in.Usage {
		u.Requests = demand.Known(requests)
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
		"usage of api: requests: must be":                  func(in *compare.Input) { *in = at(*in, -1) },
		"lambda: zones: must be 1 to 6":                    func(in *compare.Input) { in.Choices.Kubernetes.Zones = 9 },
		"kubernetes: instance: instance type \"x\" is not": func(in *compare.Input) { in.Choices.Kubernetes.Instance = "x" },
	} {
		in := input(t, thumbs)
		bend(&in)
		if _, err := compare.Compare(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A REPORT line has the duration that a small memory has stretched: it is billed as it
// stands, and not stretched again.
func TestReportDuration(t *testing.T) {
	of := func(usage string) compare.Result {
		t.Helper()
		return run(t, input(t, `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    cpu: 100m
    memory: 256Mi
    http: {routes: [GET /]}
usage: {requests: 20/s, `+usage+`, cpuTime: 30ms, requestSize: 1k, responseSize: 4k, logSize: 0, outboundSize: 0, startTime: 1s, shape: steady}
`))
	}
	// 30 ms of CPU take 30 x 1,769 / 256 = 207.3 ms with 256 MB: 92.7 ms are waiting, and with a full core 122.7.
	reported, plain, twice := of("reportDuration: 300ms@256Mi"), of("duration: 122695312ns"), of("duration: 300ms")
	if ms := reported.Services[0].Lambda.BilledMS.Or(0); ms != 300 {
		t.Errorf("300 ms that were reported are billed as %v", ms)
	}
	if ms := twice.Services[0].Lambda.BilledMS.Or(0); ms != 478 {
		t.Errorf("300 ms with a full core are billed as %v", ms)
	}
	if *reported.Kubernetes.Bill.Total != *plain.Kubernetes.Bill.Total || *reported.Lambda.Bill.Total != *plain.Lambda.Bill.Total {
		t.Errorf("%s and %s, want %s and %s", reported.Lambda.Bill.Total, reported.Kubernetes.Bill.Total, plain.Lambda.Bill.Total, plain.Kubernetes.Bill.Total)
	}
}

// Quantiles are billed as the mean of the lognormal distribution that goes through them. By
// hand: without 10 ms of CPU time they are 20 and 390 ms, so sigma is ln(19.5) / 2.3263479 =
// 1.2768574, and waiting takes 20 exp(1.2768574^2 / 2) = 45.191755 ms on average. With 885 MB,
// the CPU time takes 10 x 1,769 / 885 = 19.9887 ms: 65.1805 ms, of which 66 are billed.
func TestQuantilesOfDuration(t *testing.T) {
	of := func(duration string) compare.Result {
		t.Helper()
		return run(t, input(t, `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    cpu: 500m
    memory: 512Mi
    http: {routes: [GET /]}
usage: {requests: 20/s, duration: `+duration+`, cpuTime: 10ms, requestSize: 1k, responseSize: 4k, logSize: 0, outboundSize: 0, startTime: 1s, shape: steady}
`))
	}
	quantiles, mean := of("{p50: 30ms, p99: 400ms}"), of("55191755ns")
	if s := quantiles.Services[0].Lambda; s.MemoryMB != 885 || s.BilledMS.Or(0) != 66 {
		t.Errorf("with %d MB, %v ms are billed", s.MemoryMB, s.BilledMS)
	}
	if *quantiles.Kubernetes.Bill.Total != *mean.Kubernetes.Bill.Total || *quantiles.Lambda.Bill.Total != *mean.Lambda.Bill.Total {
		t.Errorf("%s and %s, want those of the mean, %s and %s", quantiles.Lambda.Bill.Total, quantiles.Kubernetes.Bill.Total, mean.Lambda.Bill.Total, mean.Kubernetes.Bill.Total)
	}
}

// cpu is for the pod: 1 makes a function of 1,769 MB, unless lambda.memory says otherwise. And
// the other way round.
func TestSizesForOneTarget(t *testing.T) {
	sized := func(service string) compare.Result {
		t.Helper()
		return run(t, input(t, `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
`+service+`usage: {requests: 20/s, duration: 100ms, cpuTime: 20ms, requestSize: 1k, responseSize: 4k, logSize: 0, outboundSize: 0, startTime: 1s, shape: steady}
`))
	}
	small, large := sized("    cpu: 100m\n    memory: 256Mi\n"), sized("    cpu: 1\n    memory: 256Mi\n")
	own := sized("    cpu: 1\n    memory: 256Mi\n    lambda: {memory: 256Mi}\n")
	if *own.Lambda.Bill.Total != *small.Lambda.Bill.Total || *own.Kubernetes.Bill.Total != *large.Kubernetes.Bill.Total {
		t.Errorf("with lambda.memory: %s on Lambda, want %s; %s on Kubernetes, want %s",
			own.Lambda.Bill.Total, small.Lambda.Bill.Total, own.Kubernetes.Bill.Total, large.Kubernetes.Bill.Total)
	}
	if *large.Lambda.Bill.Total <= *small.Lambda.Bill.Total || large.Services[0].Lambda.MemoryMB != 1769 {
		t.Errorf("cpu: 1 makes a function of %d MB, for %s", large.Services[0].Lambda.MemoryMB, large.Lambda.Bill.Total)
	}
	pods := sized("    cpu: 100m\n    memory: 256Mi\n    kubernetes: {cpu: 1, memory: 2Gi}\n")
	if s := pods.Services[0].Kubernetes; s.MilliCPU != 1000 || s.MemoryMiB != 2048 || *pods.Lambda.Bill.Total != *small.Lambda.Bill.Total {
		t.Errorf("with kubernetes.cpu and memory: pods of %dm and %d MiB; %s on Lambda, want %s", s.MilliCPU, s.MemoryMiB, pods.Lambda.Bill.Total, small.Lambda.Bill.Total)
	}
}
