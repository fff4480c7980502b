package cron

import (
	_ "embed"
	"slices"
	"sort"
	"strings"
	"time"
	_ "time/tzdata" // so that a zone means the same on every machine that has none of its own
)

// zones are the place names in Go's time zone database, and UTC.
//
//go:embed zones.txt
var zones string

// Zones lists the names of time zones, sorted.
func Zones() []string { return strings.Fields(zones) }

// Zone finds a time zone by its name, such as Europe/Berlin; false if there is none.
func Zone(name string) (*time.Location, bool) {
	if _, known := slices.BinarySearch(Zones(), name); !known {
		return nil, false // a name that this machine alone knows, such as Local, or one in another case
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// Shift is a moment at which the clocks of a zone go forward or back.
type Shift struct {
	At     time.Time     // in the zone, after the shift
	By     time.Duration // more than 0 for forward: clocks leave as much out; less for back: they show as much twice
	Missed bool          // the schedule names a time that clocks leave out
	Twice  bool          // or one that they show twice
}

// years is how far shifts are searched: within 28 years, each date falls on every day of the week.
const years = 28

// Shifts lists the first shift after a moment that skips a time of the schedule, and the first
// that repeats one, in the zone of that moment.
func (s *Schedule) Shifts(after time.Time) []Shift {
	var found []Shift
	const day = 24 * time.Hour
	for t := after; t.Year() < after.Year()+years; t = t.Add(day) {
		_, before := t.Zone()
		if _, after := t.Add(day).Zone(); after == before {
			continue
		}
		// Not with [time.Time.ZoneBounds], which does not advance on the last day of a leap year.
		seconds := sort.Search(int(day/time.Second), func(n int) bool {
			_, after := t.Add(time.Duration(n) * time.Second).Zone()
			return after != before
		})
		shift := s.shift(t.Add(time.Duration(seconds) * time.Second))
		seen := func(other Shift) bool { return other.Missed == shift.Missed && other.Twice == shift.Twice }
		if (shift.Missed || shift.Twice) && !slices.ContainsFunc(found, seen) {
			found = append(found, shift)
		}
	}
	return found
}

// shift returns the effect of the shift at a moment on the schedule.
func (s *Schedule) shift(at time.Time) Shift {
	_, before := at.Add(-time.Second).Zone()
	_, after := at.Zone()
	shift := Shift{At: at, By: time.Duration(after-before) * time.Second}
	// The clock times without the shift, and before the clock went back.
	shown := at.UTC().Add(time.Duration(min(before, after)) * time.Second)
	for end := shown.Add(shift.By.Abs()); shown.Before(end); shown = shown.Add(time.Minute) {
		if s.matches(shown) {
			shift.Missed, shift.Twice = shift.By > 0, shift.By < 0
		}
	}
	return shift
}

// Run is one run of a schedule.
type Run struct {
	At time.Time
	// Again is set for the second occurrence of a time when clocks go back: a CronJob runs
	// again, EventBridge Scheduler does not.
	Again bool
}

// Runs lists the next runs of a CronJob after a moment, at most count, within the next five
// years. EventBridge Scheduler has the same ones except those with Again.
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
func (s *Schedule) Runs(after time.Time, count int) []Run {
	var runs []Run
	for t, more := s.next(after); more && len(runs) < count; t, more = s.next(t) {
		runs = append(runs, Run{At: t, Again: again(t)})
	}
	return runs
}

// again reports whether the same clock time occurred before clocks went back.
func again(t time.Time) bool {
	_, before := t.Add(-24 * time.Hour).Zone()
	_, now := t.Zone()
	_, then := t.Add(-time.Duration(before-now) * time.Second).Zone()
	return before > now && then == before
}
