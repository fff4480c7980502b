package trace

import (
	"testing"
	"time"
)

// TestSecondsAt holds every day that a trace may have to the library's calendar.
func TestSecondsAt(t *testing.T) {
	for day := time.Unix(0, 0).UTC(); day.Unix() < latest; day = day.AddDate(0, 0, 1) {
		year, month, date := day.Date()
		if got, want := secondsAt(year, int(month), date, 23, 58, 59), day.Unix()+23*3600+58*60+59; got != want {
			t.Fatalf("%s: %d, want %d", day, got, want)
		}
		if tomorrow := day.AddDate(0, 0, 1); !isDate(year, int(month), date) || tomorrow.Day() == 1 && isDate(year, int(month), date+1) {
			t.Fatalf("%s: the month's days are wrong", day)
		}
	}
}
