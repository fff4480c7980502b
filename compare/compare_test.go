package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/cost"
	"ambi/compare/nodes"
	"ambi/compare/prices"
	"ambi/compare/traffic"
	"ambi/spec"
)

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

func parse(t testing.TB, text string) *spec.App {
	t.Helper()
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// complete gives what the spec cannot say.
func complete(u traffic.Usage) traffic.Usage {
	u.Request, u.Response = traffic.Known[int64](200_000), traffic.Known[int64](30_000)
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
	app := parse(t, text)
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

func TestLook(t *testing.T) {
	r := run(t, input(t, thumbs))
	r.BreakEven.Points = r.BreakEven.Points[:2]
	r.Fit.Findings = nil
	text, _ := json.Marshal(r)
	var out bytes.Buffer
	json.Indent(&out, text, "", " ")
	os.WriteFile("/tmp/compare-owner/look.json", out.Bytes(), 0o644)
	fmt.Println(len(text))
}

func BenchmarkCompare(b *testing.B) {
	in := input(b, thumbs)
	for b.Loop() {
		run(b, in)
	}
}
