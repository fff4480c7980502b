package spec

import (
	"fmt"
	"strings"
	"testing"
)

// TestUsageOf puts services' usage over the app's.
func TestUsageOf(t *testing.T) {
	const text = `apiVersion: ambi/v1
name: shop
services:
  api: {image: "shop:1", http: {routes: [GET /api]}%s}
  web: {image: "shop:1", http: {routes: [GET /web]}%s}
usage: {%s}
`
	const all = "requests: 3M/month, duration: 40ms, shape: bursty, peakToMean: 4, burst: 3m"
	for _, c := range []struct {
		api, web, app string
		want          string // of api
	}{
		{"", "", "", ""},
		{"", "", all, "duration 40ms, shape bursty, peak 4, burst 3m"}, // the requests of which one?
		{"requests: 1M/month", "", all, "requests 1M/month, duration 40ms, shape bursty, peak 4, burst 3m"},
		{"", "requests: 1M/month", all, "requests 2M/month, duration 40ms, shape bursty, peak 4, burst 3m"},
		{"", "requests: 1M/month", "duration: 1s", "duration 1s"}, // there is no sum to take it from
		{"requests: 2M/month", "requests: 1M/month", all, "requests 2M/month, duration 40ms, shape bursty, peak 4, burst 3m"},
		{"duration: 5ms, shape: steady", "", all, "duration 5ms, shape steady"}, // peak and bursts were of another shape
		{"shape: bursty", "", all, "duration 40ms, shape bursty"},
		{"peakToMean: 9", "", all, "duration 40ms, shape bursty, peak 9, burst 3m"},
		{"requestSize: 0", "", "requestSize: 2k", "request 0"},
		{"", "requestSize: 0", "requestSize: 2k", "request 2k"},
	} {
		usage := func(text string) string {
			if text == "" {
				return ""
			}
			return ", usage: {" + text + "}"
		}
		app, err := Parse("app.yaml", fmt.Appendf(nil, text, usage(c.api), usage(c.web), c.app))
		if err != nil {
			t.Fatal(err)
		}
		if got := figures(app.UsageOf("api")); got != c.want {
			t.Errorf("api {%s}, web {%s}, app {%s}:\ngot  %s\nwant %s", c.api, c.web, c.app, got, c.want)
		}
	}
}

// The app's requests are those over HTTP: messages are no part of the sum.
func TestMessagesAreNoRequests(t *testing.T) {
	const text = `apiVersion: ambi/v1
name: shop
image: shop:1
data: {jobs: {queue: {}}}
services:
  api: {http: {routes: [GET /api]}}
  web: {http: {routes: [GET /web]}, usage: {requests: 1M/month}}
  work: {queue: {from: jobs}, usage: {requests: %s}}
usage: {requests: 3M/month}
`
	for _, messages := range []string{"1/month", "100M/month"} { // fewer than the sum, and more
		app, err := Parse("app.yaml", fmt.Appendf(nil, text, messages))
		if err != nil {
			t.Fatal(err)
		}
		got := app.UsageOf("api").Requests.String() + ", " + app.UsageOf("web").Requests.String() + ", " + app.UsageOf("work").Requests.String()
		if want := "2M/month, 1M/month, " + messages; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := app.Only(func(name string) bool { return name != "work" }).UsageOf("api").Requests.String(); got != "2M/month" {
			t.Errorf("without work, api has %s", got)
		}
	}
	silent, err := Parse("app.yaml", []byte(strings.Replace(text, ", usage: {requests: %s}", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := silent.UsageOf("work").Requests; !got.IsZero() {
		t.Errorf("work gets %s of the requests", got)
	}
}

func figures(u Usage) string {
	var list []string
	say := func(name string, given bool, value fmt.Stringer) {
		if given {
			list = append(list, name+" "+value.String())
		}
	}
	say("requests", !u.Requests.IsZero(), u.Requests)
	say("duration", !u.Duration.IsZero(), u.Duration)
	say("request", u.RequestSize != nil, u.RequestSize)
	if u.Shape != "" {
		list = append(list, "shape "+string(u.Shape))
	}
	say("peak", u.PeakToMean > 0, u.PeakToMean)
	say("burst", u.Burst > 0, u.Burst)
	return strings.Join(list, ", ")
}

func TestRatio(t *testing.T) {
	schema := compileSchema(t)
	for text, want := range map[string]string{"1": "1", "2.50": "2.5", "100000": "100000", "1.000001": "1.000001", "01": "1"} {
		r, err := ParseRatio(text)
		if err != nil || r.String() != want {
			t.Errorf("%s is %s, %v; want %s", text, r, err, want)
		}
		if err := schema.Validate(map[string]any{
			"apiVersion": APIVersion, "name": "x", "services": map[string]any{
				"a": map[string]any{"image": "a:1", "http": map[string]any{"routes": []any{"GET /"}}},
			}, "usage": map[string]any{"peakToMean": text},
		}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"", "0", "0.999999", "100000.000001", "-2", "1e3", "1.", ".5", "1.0000001", "NaN", "8 x", "8x"} {
		if r, err := ParseRatio(text); err == nil {
			t.Errorf("%q is the ratio %s", text, r)
		}
	}
}

func TestRatePerMonth(t *testing.T) {
	for requests, want := range map[float64]string{1: "1/month", 999.6: "1k/month", 1500: "1.5k/month", 2e6: "2M/month", 1234567: "1.234567M/month", 3e9: "3000M/month"} {
		r := RatePerMonth(requests)
		again, err := ParseRate(r.String())
		if r.String() != want || err != nil || again.PerMonth() != r.PerMonth() {
			t.Errorf("%v a month is %s, read again %v, %v; want %s", requests, r, again.PerMonth(), err, want)
		}
	}
}
