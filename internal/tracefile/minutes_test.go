package tracefile_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/internal/tracefile"
)

func TestMinutes(t *testing.T) {
	at := func(seconds ...int) string { // a request at each of these
		var b strings.Builder
		for _, s := range seconds {
			fmt.Fprintf(&b, "2026-01-01T00:%02d:%02dZ\n", s/60, s%60)
		}
		return b.String()
	}
	counts := func(perMinute ...int) string {
		b := "time,count\n"
		for i, n := range perMinute {
			b += fmt.Sprintf("2026-01-01T%02d:%02d:00Z,%d\n", i/60, i%60, n)
		}
		return b
	}
	for name, c := range map[string]struct {
		text string
		want []float64
		err  string
	}{
		"counts":                            {counts(30, 0, 300), []float64{30, 0, 300}, ""},
		"silence at the end":                {counts(30, 0, 5, 0, 0), []float64{30, 0, 5, 0, 0}, ""},
		"a last minute of three quarters":   {at(0, 1, 59, 61, 90, 105), []float64{3, 3 * 60. / 46}, ""}, // 3 in 46 s: the last one has a second too
		"a last minute of less than a half": {at(0, 1, 59, 61), []float64{3}, ""},
		"less than a minute":                {at(0, 1, 39), []float64{3 * 60. / 40}, ""},
		"a moment":                          {at(0, 1, 2), nil, "at least half a minute long"},
		"nothing":                           {"", nil, "has no request in it"},
		"a line that is no request":         {at(0, 1) + "yesterday\n", nil, ":3: "},
		"more than 31 days":                 {"2026-01-01T00:00:00Z\n2026-03-01T00:00:00Z\n", nil, "at most 44640 minutes"},
		"a first line of 32 days":           {"# ambi trace from 2026-01-01T00:00:00Z to 2026-02-02T00:00:00Z\n" + at(0), nil, "at most 44640 minutes"},
		"a first line of two minutes":       {"# ambi trace from 2026-01-01T00:00:00Z to 2026-01-01T00:02:00Z\n" + at(5), []float64{1, 0}, ""},
	} {
		file := filepath.Join(t.TempDir(), "trace.csv")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := tracefile.Minutes(file)
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", name, err, c.err)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-9 {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
	}
}
