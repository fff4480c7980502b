// Package cron parses the five fields of a schedule and computes its runs, as a Kubernetes
// CronJob and as Amazon EventBridge Scheduler. The two differ in the hour that occurs twice when
// clocks go back. Only schedules that mean the same on both are accepted.
package cron

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	library "github.com/robfig/cron/v3" // what the CronJob controller of Kubernetes parses with

	"ambi/internal/lazyregexp"
)

// Schedule is a schedule that both targets understand.
type Schedule struct {
	text   string
	fields *library.SpecSchedule
}

// The fields, in order.
const (
	minute = iota
	hour
	dayOfMonth
	month
	dayOfWeek
	fieldCount
)

//nolint:gochecknoglobals // constants in all but name
var (
	fieldNames = [fieldCount]string{"minute", "hour", "day of the month", "month", "day of the week"}
	ranges     = [fieldCount][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}
)

// starBit marks a field of the library that is not restricted.
const starBit = 1 << 63

// Problem says why a text is not a schedule, and what to write instead.
type Problem struct{ Message, Hint string }

func (p *Problem) Error() string { return p.Message }

// Parse reads five fields: minute, hour, day of the month, month and day of the week. An
// error is a *Problem.
func Parse(text string) (*Schedule, error) {
	if problem := foreign(text); problem != nil {
		return nil, problem
	}
	fields := strings.Fields(text)
	if len(fields) != fieldCount {
		hint := "minute, hour, day of the month, month, day of the week: 0 6 * * MON-FRI"
		if len(fields) == fieldCount+1 {
			hint = "remove seconds and years"
		}
		return nil, &Problem{fmt.Sprintf("must have five fields, got %d", len(fields)), hint}
	}
	for i, field := range fields {
		if problem := unreadable(i, field); problem != nil {
			return nil, problem
		}
	}
	text = strings.ToUpper(strings.Join(fields, " "))
	for i, field := range fields {
		_, err := library.ParseStandard(strings.Repeat("* ", i) + strings.ToUpper(field) + strings.Repeat(" *", fieldCount-1-i))
		if err != nil || slices.Contains(strings.Split(field, ","), "") {
			return nil, &Problem{fmt.Sprintf("%s: must be %d to %d, with * , - and /, got %s", fieldNames[i], ranges[i][0], ranges[i][1], strconv.Quote(field)), "a range starts with the lower number"}
		}
	}
	parsed, err := library.ParseStandard(text)
	if err != nil {
		return nil, &Problem{err.Error(), ""}
	}
	s := &Schedule{text, parsed.(*library.SpecSchedule)}
	if s.restricted(s.fields.Dom) && s.restricted(s.fields.Dow) {
		return nil, &Problem{
			"restricts the day of the month and the day of the week: Kubernetes runs when either matches, and AWS refuses it",
			"write * for one of the two; two services may share an image",
		}
	}
	if !s.comes() {
		return nil, &Problem{"never runs: none of its months has such a day", "for the last day of a month, run on the first of the next month"}
	}
	return s, nil
}

// foreign finds schedules in other formats: with a time zone, shorthands, and AWS's.
func foreign(text string) *Problem {
	switch trimmed := strings.TrimSpace(text); {
	case strings.Contains(strings.ToUpper(trimmed), "TZ="):
		return &Problem{"must not contain a time zone", "set timeZone"}
	case strings.HasPrefix(trimmed, "@"):
		return &Problem{"must have five fields, got " + strconv.Quote(trimmed), "such as 0 0 * * * for every midnight"}
	case strings.HasPrefix(trimmed, "cron(") || strings.HasPrefix(trimmed, "rate(") || strings.HasPrefix(trimmed, "at("):
		return &Problem{"must have five fields, got an AWS expression", "for cron(0 6 ? * MON-FRI *), write 0 6 * * MON-FRI"}
	}
	return nil
}

var (
	names   = lazyregexp.New(`(?i)[A-Z]+`)
	seven   = lazyregexp.New(`(^|[,-])0*7($|[,/-])`)
	allowed = lazyregexp.New(`^[0-9A-Za-z*,/-]+$`)
)

// unreadable finds syntax in a field that is invalid, or valid on one target only.
func unreadable(i int, field string) *Problem {
	at := func(format string, args ...any) string { return fieldNames[i] + ": " + fmt.Sprintf(format, args...) }
	switch {
	case strings.Contains(field, "?"):
		return &Problem{at("must not be ?, which only AWS has"), "write *"}
	case strings.Contains(field, "#"):
		return &Problem{at("must not contain #, which only AWS has"), "run each week, and let the app check the date"}
	case !allowed.MatchString(field):
		return &Problem{at("must be numbers, names, and * , - /, got %s", strconv.Quote(field)), ""}
	case i == dayOfWeek && seven.MatchString(field):
		return &Problem{at("must be 0 to 6, got %s", field), "Sunday is 0 or SUN: 7 is Saturday on AWS, and Kubernetes refuses it"}
	}
	for _, name := range names.FindAllString(field, -1) {
		name = strings.ToUpper(name)
		switch {
		case i == month && strings.Contains(monthNames, name) && len(name) == 3, i == dayOfWeek && strings.Contains(dayNames, name) && len(name) == 3:
		case name == "L" || name == "W" || name == "LW":
			return &Problem{at("must not contain %s, which only AWS has", name), "run on the first of the next month, or let the app check the date"}
		default:
			return &Problem{at("has no name %s", name), map[int]string{month: "months are JAN to DEC", dayOfWeek: "days are SUN to SAT"}[i]}
		}
	}
	return nil
}

const (
	monthNames = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
	dayNames   = "SUN MON TUE WED THU FRI SAT"
)

func (s *Schedule) restricted(field uint64) bool { return field&starBit == 0 }

// longest are the days of each month in a leap year.
var longest = [13]int{1: 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} //nolint:gochecknoglobals // a constant in all but name

// comes reports whether there is a day on which the schedule runs.
func (s *Schedule) comes() bool {
	first := bits.TrailingZeros64(s.fields.Dom)
	for m := 1; m <= 12; m++ {
		if s.fields.Month&(1<<m) != 0 && first <= longest[m] {
			return true
		}
	}
	return false
}

// String returns the schedule of a CronJob: its five fields.
func (s *Schedule) String() string { return s.text }

// AWS returns the schedule as an expression of EventBridge Scheduler: six fields, a question
// mark for the unrestricted kind of day, and days of the week by name, since its numbers start
// at 1. Steps are written out as lists, because the two count them alike only from the start of
// a field.
func (s *Schedule) AWS() string {
	date, weekday := values(s.fields.Dom, 1, 31, ""), "?"
	if s.restricted(s.fields.Dow) {
		date, weekday = "?", values(s.fields.Dow, 0, 6, dayNames)
	}
	return fmt.Sprintf("cron(%s %s %s %s %s *)", values(s.fields.Minute, 0, 59, ""), values(s.fields.Hour, 0, 23, ""), date, values(s.fields.Month, 1, 12, ""), weekday)
}

// values lists the values of a field, by name if the field has names.
func values(field uint64, first, last int, called string) string {
	write := func(n int) string {
		if called == "" {
			return strconv.Itoa(n)
		}
		return strings.Fields(called)[n]
	}
	var parts []string
	for from := first; from <= last; from++ {
		if field&(1<<from) == 0 {
			continue
		}
		to := from
		for to < last && field&(1<<(to+1)) != 0 {
			to++
		}
		switch {
		case from == first && to == last:
			return "*"
		case to-from > 1:
			parts = append(parts, write(from)+"-"+write(to))
		case to > from:
			parts = append(parts, write(from), write(to))
		default:
			parts = append(parts, write(from))
		}
		from = to
	}
	return strings.Join(parts, ",")
}

// matches reports whether the schedule runs at a clock time.
func (s *Schedule) matches(t time.Time) bool {
	return s.fields.Minute&(1<<t.Minute()) != 0 && s.fields.Hour&(1<<t.Hour()) != 0 && s.fields.Month&(1<<int(t.Month())) != 0 &&
		s.fields.Dom&(1<<t.Day()) != 0 && s.fields.Dow&(1<<int(t.Weekday())) != 0
}

// next returns the first moment after t at which the schedule runs in t's zone; false if there
// is none in the next five years.
func (s *Schedule) next(t time.Time) (time.Time, bool) {
	at := *s.fields
	at.Location = t.Location()
	then := at.Next(t)
	return then, !then.IsZero()
}
