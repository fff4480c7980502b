package trace_test

import (
	"bytes"
	"regexp"
	"slices"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

// FuzzOpen reads any text in any format: it ends, arrivals are in order, and the
// same text gives the same ones.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"2026-03-01T00:00:00.5Z\n1772366402\n", "time,count\n60,2\n120,1\n", "60;2\n30;1\n",
		"HashOwner,HashApp,HashFunction,Trigger,1,2,3\no1,a1,f1,http,2,0,1\n",
		"h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2\n",
		`{"MetricDataResults": [{"Id": "m1", "Label": "I", "Timestamps": ["2026-03-01T00:02:00+00:00", 5], "Values": [1.0, 0.0]}]}`,
		`{"Label": "I", "Datapoints": [{"Timestamp": "2026-03-01T00:05:00Z", "Sum": 1.0}]}`,
		"Full label,a\nLabel,b\n2026/03/01 00:00:00,2\n2026/03/01 00:01:00,2\n", "\x1f\x8b", "\xef\xbb\xbf1\n",
		"Statistic,Sum\nLabel,b\n2026/03/01 00:00:00,2\n2026/03/01 00:01:00,2\nLabel,a,b\n2026/03/01 00:02:00,2,1\n",
		"# ambi trace from 60 to 120\n60.5\n120,3\n",
	} {
		for format := range len(trace.Formats()) + 1 {
			f.Add([]byte(seed), uint8(format), format%2 == 0, format%3 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, format uint8, strict, sort bool) {
		options := trace.Options{Strict: strict, Sort: sort, Seed: 1}
		if n := int(format) % (len(trace.Formats()) + 1); n > 0 {
			options.Format = trace.Formats()[n-1]
		}
		const enough = 5000 // a count may be a billion
		once := func() (all []int64, span time.Duration, message string) {
			r, err := trace.Open(bytes.NewReader(text), options)
			if err != nil {
				return nil, 0, err.Error()
			}
			for len(all) < enough {
				at, ok := r.Next()
				if !ok {
					break
				}
				all = append(all, at)
			}
			if len(all) < enough && len(all) == 0 && r.Err() == nil {
				t.Error("neither a request nor an error")
			}
			if r.Err() != nil {
				message = r.Err().Error()
			}
			return all, r.Span(), message
		}
		all, span, message := once()
		if !slices.IsSorted(all) || len(all) > 0 && (all[0] < 0 || all[len(all)-1] > int64(span)) {
			t.Errorf("arrivals %v in %s", all, span)
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
