package spec_test

import (
	"testing"
	"time"

	"ambi/spec"
)

func TestParseRequestTime(t *testing.T) {
	for text, want := range map[string]string{
		"40ms":                "40ms",
		"p50=30ms,p99=400ms":  "p50=30ms,p99=400ms",
		"p99=400ms, p50=30ms": "p50=30ms,p99=400ms",
		"p50=30ms":            "", "p50=30ms,p95=1s": "", "p50=30ms,p50=40ms": "", "p50=30ms,p99=": "", "p50=0s,p99=1s": "", "p50=1s,p99=2h": "", "=": "", "40": "",
	} {
		got, err := spec.ParseRequestTime(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// A mapping is replaced as a whole, in either style; what stands between its words stays for
// a person.
func TestSetQuantiles(t *testing.T) {
	const value = "{p50: 1ms, p99: 2ms}"
	for src, want := range map[string]string{
		"usage: {duration: {p50: 30ms, p99: 400ms}, cpuTime: 1ms}\n":           "usage: {duration: " + value + ", cpuTime: 1ms}\n",
		"usage:\n  duration:\n    p50: 30ms\n    p99: 400ms\n  cpuTime: 1ms\n": "usage:\n  duration:\n    " + value + "\n  cpuTime: 1ms\n",
		"usage: {duration: 40ms}\n":                                            "usage: {duration: " + value + "}\n",
		"usage:\n  duration:\n    p50: 30ms # measured\n    p99: 1s\n":         "",
		"usage: {duration: {p50: \"30ms\", p99: 400ms}}\n":                     "",
		"usage: {duration: &d {p50: 30ms, p99: 400ms}}\n":                      "",
		"usage: {duration: {p50: 30ms, p99: 400ms, # measured\n}}\n":           "",
	} {
		got, err := spec.SetText([]byte(src), "usage.duration", value)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", src, got, err)
		}
	}
}

func TestScaledQuantiles(t *testing.T) {
	q := spec.Quantiles{P50: spec.Duration(30 * time.Millisecond), P99: spec.Duration(400*time.Millisecond + 1)}
	if q.Scaled(q.P50) != q {
		t.Error("the same median changes the tail")
	}
	// 400 x 35/30 = 466.67 ms
	if got := q.Scaled(spec.Duration(35 * time.Millisecond)); got.String() != "p50=35ms,p99=466.7ms" {
		t.Error(got)
	}
}
