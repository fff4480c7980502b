package trace_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

// FuzzDetect reads any text, whatever format it is found to be in.
func FuzzDetect(f *testing.F) { fuzz(f, "") }

// A target a format reads any text in it.
func FuzzAccessLog(f *testing.F)      { fuzz(f, trace.AccessLog) }
func FuzzALB(f *testing.F)            { fuzz(f, trace.ALB) }
func FuzzAzureFunctions(f *testing.F) { fuzz(f, trace.AzureFunctions) }
func FuzzCloudFront(f *testing.F)     { fuzz(f, trace.CloudFront) }
func FuzzCloudWatchCSV(f *testing.F)  { fuzz(f, trace.CloudWatchCSV) }
func FuzzCloudWatchJSON(f *testing.F) { fuzz(f, trace.CloudWatchJSON) }
func FuzzCSV(f *testing.F)            { fuzz(f, trace.CSV) }
func FuzzEnvoy(f *testing.F)          { fuzz(f, trace.Envoy) }
func FuzzHAProxy(f *testing.F)        { fuzz(f, trace.HAProxy) }
func FuzzJSONLines(f *testing.F)      { fuzz(f, trace.JSONLines) }
func FuzzK6(f *testing.F)             { fuzz(f, trace.K6) }
func FuzzLogsInsights(f *testing.F)   { fuzz(f, trace.LogsInsights) }
func FuzzPrometheus(f *testing.F)     { fuzz(f, trace.Prometheus) }
func FuzzVegeta(f *testing.F)         { fuzz(f, trace.Vegeta) }
func FuzzW3C(f *testing.F)            { fuzz(f, trace.W3C) }

// fuzz reads any text in a format: it ends, arrivals are in order, what is said of
// requests adds up, and the same text gives the same again.
func fuzz(f *testing.F, format trace.Format) {
	for _, file := range inputs(f) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, true, false)
	}
	for _, seed := range []string{
		"\x1f\x8b", "\xef\xbb\xbf1\n", "# ambi trace from 60 to 120\n60.5\n120,3\n", "2026-03-01 12:00:00,004\n",
		"Statistic,Sum\nLabel,b\n2026/03/01 00:00:00,2\n2026/03/01 00:01:00,2\nLabel,a,b\n2026/03/01 00:02:00,2,1\n",
	} {
		f.Add([]byte(seed), false, true)
	}
	f.Fuzz(func(t *testing.T, text []byte, strict, sort bool) {
		options := trace.Options{Format: format, Strict: strict, Sort: sort, Seed: 1}
		if format == trace.Prometheus {
			options.Interval = time.Minute
		}
		const enough = 5000 // a count may be a billion
		once := func() (all []int64, r *trace.Reader, message string) {
			r, err := trace.Open(bytes.NewReader(text), options)
			if err != nil {
				return nil, nil, err.Error()
			}
			for len(all) < enough {
				at, ok := r.Next()
				if !ok {
					break
				}
				all = append(all, at)
			}
			if len(all) == 0 && r.Err() == nil {
				t.Error("neither a request nor an error")
			}
			if r.Err() != nil {
				message = r.Err().Error()
			}
			return all, r, message
		}
		all, r, message := once()
		if r == nil {
			return
		}
		if !slices.IsSorted(all) || len(all) > 0 && (all[0] < 0 || all[len(all)-1] > int64(r.Span())) {
			t.Errorf("arrivals %v in %s", all, r.Span())
		}
		if strict && message == "" && r.Skipped().Lines > 0 {
			t.Errorf("skipped %s", r.Skipped())
		}
		usage := r.Usage()
		if d := usage.Duration; d != nil && !(0 <= d.P50 && d.P50 <= d.P99 && d.P99 <= d.Longest && d.Mean <= d.Longest && d.Of > 0) {
			t.Errorf("durations %+v", d)
		}
		for _, s := range []*trace.Sizes{usage.Request, usage.Response} {
			if s != nil && !(0 <= s.P50 && s.P50 <= s.P99 && s.P99 <= s.Largest && s.Mean <= s.Largest && s.Of > 0) {
				t.Errorf("sizes %+v", s)
			}
		}
		again, _, same := once()
		if !slices.Equal(all, again) || message != same {
			t.Errorf("%q, and again %q", message, same)
		}
	})
}

// FuzzTimestamps compares with the standard library where both read a text.
func FuzzTimestamps(f *testing.F) {
	for _, seed := range []string{"2026-03-01T00:00:00.5Z", "2024-02-29T23:59:59+23:59", "1999-12-31T00:00:00.000000001-05:30", "2023-02-29T00:00:00Z"} {
		f.Add(seed)
	}
	// The library takes more than RFC 3339 does: hours of one digit, commas, zones of 24 hours and more.
	strictly := regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)
	f.Fuzz(func(t *testing.T, text string) {
		want, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || want.Year() < 1971 || want.Year() > 2200 || !strictly.MatchString(text) {
			return
		}
		r, err := trace.Open(bytes.NewReader([]byte(text)), trace.Options{Format: trace.Timestamps, Strict: true})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if _, ok := r.Next(); !ok || r.Err() != nil {
			t.Fatalf("%q: %v", text, r.Err())
		}
		// A trace begins where its first timestamp does.
		if want.Year() > 1973 && !r.Began().Equal(want) {
			t.Errorf("%q: %s, want %s", text, r.Began(), want.UTC())
		}
	})
}
