package spec

import (
	"encoding"
	"math"
	"strings"
	"testing"
	"time"
)

func TestQuantity(t *testing.T) {
	for _, c := range []struct {
		text, canonical string
		milli, bytes    int64
	}{
		{"500m", "500m", 500, 1},
		{"0.5", "500m", 500, 1},
		{"1", "1", 1000, 1},
		{"1.0", "1", 1000, 1},
		{"1000m", "1", 1000, 1},
		{"2e0", "2", 2000, 2},
		{"1e3", "1k", 1_000_000, 1000},
		{"512Mi", "512Mi", 512 << 20 * 1000, 512 << 20},
		{"0.5Gi", "512Mi", 512 << 20 * 1000, 512 << 20},
		{"1024Mi", "1Gi", 1 << 30 * 1000, 1 << 30},
		{"1G", "1G", 1e12, 1e9},
		{"1Ti", "1Ti", 1 << 40 * 1000, 1 << 40},
		{"0", "0", 0, 0},
		{"0.0005", "500u", 1, 1},
	} {
		q, err := ParseQuantity(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if q.String() != c.canonical || q.Milli() != c.milli || q.Bytes() != c.bytes {
			t.Errorf("%s is %s, %d milli, %d bytes; want %s, %d, %d", c.text, q, q.Milli(), q.Bytes(), c.canonical, c.milli, c.bytes)
		}
		if again, err := ParseQuantity(q.String()); c.canonical != "500u" && (err != nil || again != q) {
			t.Errorf("%s: %v is not itself when read again: %v, %v", c.text, q, again, err)
		}
	}
	for _, pair := range [][2]string{{"0.5", "500m"}, {"1", "1000m"}, {"2e0", "2"}, {"1000M", "1G"}, {"512Mi", "0.5Gi"}, {"1.50", "1500m"}} {
		if a, b := mustQuantity(pair[0]), mustQuantity(pair[1]); a != b {
			t.Errorf("%s and %s differ: %#v, %#v", pair[0], pair[1], a, b)
		}
	}
	for _, text := range []string{"", "-1", "+1", " 1", "1 ", ".5", "1.", "01", "1e99999999", "1e-3", "1Pi", "1KB", "1mi", "1.0000000001", "9999999999999999999", "0x10", "NaN", "Inf", "١"} {
		if q, err := ParseQuantity(text); err == nil {
			t.Errorf("%q is the quantity %v", text, q)
		}
	}
	if !mustQuantity("1m").within("1m", "1") || mustQuantity("0.999m").within("1m", "1") || mustQuantity("999999999999999999T").within("0", "256") {
		t.Error("within is wrong")
	}
	if (Quantity{}).String() != "0" {
		t.Error("the zero quantity is not 0")
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{
		"10s": "10s", "60s": "1m", "90s": "1m30s", "1h": "1h", "60m": "1h", "3601s": "1h0m1s", "250ms": "250ms",
		"1.5s": "1.5s", "0": "0s", "0s": "0s", "10h": "10h", "1h30m": "1h30m", "40m0s": "40m", "100h0m0s": "100h",
	} {
		d, err := ParseDuration(text)
		if err != nil || d.String() != want {
			t.Errorf("%s is %s (%v), want %s", text, d, err, want)
		}
		if std, err := time.ParseDuration(d.String()); err != nil || std != d.Std() {
			t.Errorf("%s prints as %s, which reads as %v, %v", text, d, std, err)
		}
	}
	for _, text := range []string{"", "10", "-1s", "+1s", "1d", "1 s", "s", "99999999999h", "1s-1ms"} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q is the duration %v", text, d)
		}
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		text                string
		perSecond, perMonth float64
	}{
		{"3M/month", 3e6 / 2628000, 3e6},
		{"100/s", 100, 262_800_000},
		{"100/second", 100, 262_800_000},
		{"60/minute", 1, 2_628_000},
		{"3600/h", 1, 2_628_000},
		{"3600/hour", 1, 2_628_000},
		{"86400/day", 1, 2_628_000},
		{"86.4k/d", 1, 2_628_000},
		{"1/month", 1.0 / 2628000, 1},
		{"0/s", 0, 0}, // what idle costs
		{"0.001G/s", 1e6, 2.628e12},
	} {
		r, err := ParseRate(c.text)
		if err != nil {
			t.Error(err)
			continue
		}
		near := func(got, want float64) bool { return math.Abs(got-want) <= want*1e-12 }
		if !near(r.PerSecond(), c.perSecond) || !near(r.PerMonth(), c.perMonth) || r.String() != c.text || r.IsZero() {
			t.Errorf("%s is %v a second, %v a month", c.text, r.PerSecond(), r.PerMonth())
		}
	}
	if r, err := ParseRate("3M/month"); err != nil || r.PerMonth() != 3e6 {
		t.Errorf("three million a month are %v, %v", r.PerMonth(), err)
	}
	for _, text := range []string{"", "0.9/month", "1000001/s", "999999999999G/s", "1e3/s", "-1/s", "1/ s", "1 /s", "NaN/s", "Inf/s", "1/week", "1k", "1K/s", "1/S", ".5/s", "1./s", "1/s\n"} {
		if r, err := ParseRate(text); err == nil {
			t.Errorf("%q is the rate %v", text, r)
		}
	}
	if !(Rate{}).IsZero() {
		t.Error("the zero rate is not zero")
	}
}

func TestRoute(t *testing.T) {
	for text, shape := range map[string]string{
		"GET /": "/", "GET /a": "/a", "POST /a/{b}/c": "/a/{}/c", "ANY /{x+}": "/{+}", "PUT /{a}/{b+}": "/{}/{+}", "GET /...": "/...", "GET /~.-_": "/~.-_",
	} {
		r, err := ParseRoute(text)
		if err != nil || r.Shape() != shape || r.String() != text {
			t.Errorf("%s: %v, shape %s, %v", text, r, r.Shape(), err)
		}
	}
	r, err := ParseRoute("GET /a/{b}/{c+}")
	if err != nil {
		t.Fatal(err)
	}
	want := []Segment{{Text: "a"}, {Text: "b", Param: true}, {Text: "c", Param: true, Greedy: true}}
	if got := r.Segments(); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("segments %+v", got)
	}
	root, err := ParseRoute("GET /")
	if err != nil || len(root.Segments()) != 0 {
		t.Errorf("segments of /: %v, %v", root.Segments(), err)
	}
}

// TestTextRoundTrip reads what each scalar writes.
func TestTextRoundTrip(t *testing.T) {
	for text, v := range map[string]interface {
		encoding.TextMarshaler
		encoding.TextUnmarshaler
	}{"1500m": new(Quantity), "1m30s": new(Duration), "3M/month": new(Rate), "GET /{a}": new(Route)} {
		if err := v.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got, err := v.MarshalText(); err != nil || string(got) != text {
			t.Errorf("%s became %s, %v", text, got, err)
		}
		if err := v.UnmarshalText([]byte("?")); err == nil || strings.Contains(err.Error(), "\n\n") {
			t.Errorf("%T reads a question mark: %v", v, err)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, chain := range [][]string{
		{"", "services", "services.api", "services.api.http", "services.api.http.routes", "services.api.http.routes[10]"},
		{"", "services", `services["a b"]`, `services["a b"].env`, `services["a b"].env["x.y[0]\"]"]`, `services["a b"].env["x.y[0]\"]"].z`},
		{"", `["a"]["b"]`},
	} {
		for i := len(chain) - 1; i > 0 && len(chain) > 2; i-- {
			if got := parent(chain[i]); got != chain[i-1] {
				t.Errorf("the parent of %s is %s, want %s", chain[i], got, chain[i-1])
			}
		}
	}
	keys := []string{"a", "a.b", "a b", "", `"`, `\`, `\"`, "]", `"]`, `a"].b["c`, "0", "é", "\n", "[0]", "a-b", "_x"}
	seen := map[string]bool{}
	for _, first := range keys {
		for _, second := range keys {
			path := child(child("", first), second)
			if seen[path] {
				t.Errorf("two ways to %s", path)
			}
			seen[path] = true
			if got := parent(path); got != child("", first) {
				t.Errorf("the parent of %s is %s", path, got)
			}
		}
	}
}
