package cron_test

import (
	"archive/zip"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	library "github.com/robfig/cron/v3"

	"ambi/internal/cron"
)

var update = flag.Bool("update", false, "write the list of time zones anew")

func TestParse(t *testing.T) {
	for text, want := range map[string]struct{ kubernetes, aws string }{
		"0 6 * * MON-FRI":    {"0 6 * * MON-FRI", "cron(0 6 ? * MON-FRI *)"},
		"0 6 * * 1-5":        {"0 6 * * 1-5", "cron(0 6 ? * MON-FRI *)"},
		"  */15  * * * *":    {"*/15 * * * *", "cron(0,15,30,45 * * * ? *)"},
		"5 4 1 jan,jul *":    {"5 4 1 JAN,JUL *", "cron(5 4 1 1,7 ? *)"},
		"0 0 29 2 *":         {"0 0 29 2 *", "cron(0 0 29 2 ? *)"},
		"0 0 */10 * *":       {"0 0 */10 * *", "cron(0 0 1,11,21,31 * ? *)"},
		"0 0 * * 0,6":        {"0 0 * * 0,6", "cron(0 0 ? * SUN,SAT *)"},
		"0 0 * * */2":        {"0 0 * * */2", "cron(0 0 ? * SUN,TUE,THU,SAT *)"},
		"0-3,7 8-18/5 * * *": {"0-3,7 8-18/5 * * *", "cron(0-3,7 8,13,18 * * ? *)"},
		"* * * * *":          {"* * * * *", "cron(* * * * ? *)"},
	} {
		s, err := cron.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if s.String() != want.kubernetes || s.AWS() != want.aws {
			t.Errorf("%q is %q and %q, want %q and %q", text, s, s.AWS(), want.kubernetes, want.aws)
		}
		if _, err := library.ParseStandard(s.String()); err != nil {
			t.Errorf("%q: a CronJob does not take it: %v", text, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"0 0 13 * 5":                 "the day of the month and the day of the week",
		"0 0 */2 * MON":              "the day of the month and the day of the week",
		"0 0 31 2 *":                 "never runs",
		"0 0 31 4,6,9,11 *":          "never runs",
		"0 0 30 FEB *":               "never runs",
		"TZ=Europe/Berlin 0 6 * * *": "time zone",
		"CRON_TZ=UTC 0 6 * * *":      "time zone",
		"0 6 * * 7":                  "must be 0 to 6",
		"0 6 * * 5-7":                "must be 0 to 6",
		"0 6 L * *":                  "L, which only AWS has",
		"0 6 15W * *":                "W, which only AWS has",
		"0 6 * * 6#3":                "#, which only AWS has",
		"0 6 ? * *":                  "?, which only AWS has",
		"0 6 * * MON-FRI *":          "five fields, got 6",
		"0 6 * *":                    "five fields, got 4",
		"":                           "five fields, got 0",
		"@daily":                     "five fields",
		"cron(0 6 * * ? *)":          "AWS expression",
		"rate(5 minutes)":            "AWS expression",
		"61 * * * *":                 "minute: must be 0 to 59",
		"* 24 * * *":                 "hour: must be 0 to 23",
		"* * 0 * *":                  "day of the month: must be 1 to 31",
		"* * * 13 *":                 "month: must be 1 to 12",
		"* * * * FRI-MON":            "day of the week: must be 0 to 6",
		"* * * * FRIDAY":             "no name FRIDAY",
		"* * * MON *":                "no name MON",
		"*/0 * * * *":                "minute: must be 0 to 59",
		"1,,2 * * * *":               "minute: must be 0 to 59",
		"! * * * *":                  "must be numbers, names",
	} {
		if _, err := cron.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestZones(t *testing.T) {
	archive, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip")) //nolint:staticcheck // where Go has its zones
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var all []string
	for _, f := range archive.File {
		if name := f.Name; !strings.HasSuffix(name, "/") && (strings.Contains(name, "/") || name == "UTC") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	if *update {
		if err := os.WriteFile("zones.txt", []byte(strings.Join(all, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !slices.Equal(all, cron.Zones()) {
		t.Errorf("zones.txt has %d zones, and Go %d; run: go test ./internal/cron -update", len(cron.Zones()), len(all))
	}
	for _, name := range []string{"", "Local", "europe/berlin", "Europe/Bonn", "../etc/passwd", "EST"} {
		if _, found := cron.Zone(name); found {
			t.Errorf("there is a zone %q", name)
		}
	}
}

func TestShifts(t *testing.T) {
	for _, c := range []struct {
		cron, zone    string
		missed, twice bool
	}{
		{"30 2 * * *", "Europe/Berlin", true, true},
		{"30 1 * * *", "America/New_York", false, true},
		{"30 2 * * *", "America/New_York", true, false},
		{"30 6 * * *", "America/New_York", false, false},
		{"30 2 * * *", "Asia/Tokyo", false, false},
		{"30 2 * * MON", "Europe/Berlin", false, false}, // clocks change on Sundays
		{"30 2 1 * *", "Europe/Berlin", false, false},   // the last ones of the month
		{"30 1 1 * *", "America/New_York", false, true}, // the first one of November can be the first
		{"45 1 * * *", "Australia/Lord_Howe", false, true},
		{"0 * * * *", "Europe/Berlin", true, true},
	} {
		s, err := cron.Parse(c.cron)
		if err != nil {
			t.Fatal(err)
		}
		zone, found := cron.Zone(c.zone)
		if !found {
			t.Fatal(c.zone)
		}
		var missed, twice bool
		for _, shift := range s.Shifts(time.Date(2026, 1, 1, 0, 0, 0, 0, zone)) {
			missed, twice = missed || shift.Missed, twice || shift.Twice
		}
		if missed != c.missed || twice != c.twice {
			t.Errorf("%s in %s: missed %t, twice %t, want %t and %t", c.cron, c.zone, missed, twice, c.missed, c.twice)
		}
	}
}

func TestRuns(t *testing.T) {
	s, _ := cron.Parse("30 1 * * *")
	zone, _ := cron.Zone("America/New_York")
	var got []string
	for _, run := range s.Runs(time.Date(2026, 10, 31, 12, 0, 0, 0, zone), 3) {
		text := run.At.Format("2006-01-02 15:04 MST")
		if run.Again {
			text += " again"
		}
		got = append(got, text)
	}
	want := []string{"2026-11-01 01:30 EDT", "2026-11-01 01:30 EST again", "2026-11-02 01:30 EST"}
	if !slices.Equal(got, want) {
		t.Errorf("runs at %q, want %q", got, want)
	}
	s, _ = cron.Parse("30 2 * * *")
	if runs := s.Runs(time.Date(2026, 3, 7, 12, 0, 0, 0, zone), 1); len(runs) != 1 || runs[0].At.Day() != 9 {
		t.Errorf("a time that is left out runs at %v, want on the 9th", runs)
	}
}

// FuzzParse holds what is taken to what a CronJob's controller makes of it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"0 6 * * MON-FRI", "*/5 1,2 1-3/2 jan-mar *", "0 0 29 2 *", "0 0 31 2 *", "? ? ? ? ?", "7 7 7 7 7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := cron.Parse(text)
		if err != nil {
			return
		}
		again, err := cron.Parse(s.String())
		if err != nil || again.AWS() != s.AWS() {
			t.Fatalf("%q becomes %q, which is not the same: %v", text, s, err)
		}
		if len(s.AWS()) > 256 {
			t.Errorf("%q has %d characters in AWS, which takes 256", text, len(s.AWS()))
		}
		if fields := strings.Fields(s.AWS()); len(fields) != 6 || (fields[2] == "?") == (fields[4] == "?") {
			t.Errorf("%q is %s", text, s.AWS())
		}
		if len(s.Runs(time.Date(2096, 3, 1, 0, 0, 0, 0, time.UTC), 1)) == 0 && !strings.Contains(s.String(), "29") {
			t.Errorf("%q never runs", text)
		}
	})
}
