// Package cron reads the five fields of a schedule, and says when it runs: on a
// Kubernetes CronJob and on Amazon EventBridge Scheduler, which differ in the hour that a
// clock shows twice. It takes only what both read alike, and knows no clock of its own.
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

// Problem is why a text is no schedule, and what to write instead.
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
			hint = "there are no seconds and no years"
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
			return nil, &Problem{fmt.Sprintf("%s: must be %d to %d, with * , - and /, got %s", fieldNames[i], ranges[i][0], ranges[i][1], strconv.Quote(field)), "a range begins with the lower number"}
		}
	}
	parsed, err := library.ParseStandard(text)
	if err != nil {
		return nil, &Problem{err.Error(), ""}
	}
	s := &Schedule{text, parsed.(*library.SpecSchedule)}
	if s.restricted(s.fields.Dom) && s.restricted(s.fields.Dow) {
		return nil, &Problem{
			"names days of the month and days of the week, which Kubernetes takes for one or the other, and AWS not at all",
			"write * for one of the two; two services may share an image",
		}
	}
	if !s.comes() {
		return nil, &Problem{"never comes: no such day is in any of its months", "the last day of a month has no number: run on the first of the next one"}
	}
	return s, nil
}

// foreign finds what is written for another reader than a CronJob, or for an older one.
func foreign(text string) *Problem {
	switch trimmed := strings.TrimSpace(text); {
	case strings.Contains(strings.ToUpper(trimmed), "TZ="):
		return &Problem{"must not name a time zone", "timeZone names it"}
	case strings.HasPrefix(trimmed, "@"):
		return &Problem{"must have five fields, got " + strconv.Quote(trimmed), "such as 0 0 * * * for every midnight"}
	case strings.HasPrefix(trimmed, "cron(") || strings.HasPrefix(trimmed, "rate(") || strings.HasPrefix(trimmed, "at("):
		return &Problem{"must have five fields, got an expression of AWS", "0 6 * * MON-FRI stands for cron(0 6 ? * MON-FRI *)"}
	}
	return nil
}

var (
	names   = lazyregexp.New(`(?i)[A-Z]+`)
	seven   = lazyregexp.New(`(^|[,-])0*7($|[,/-])`)
	allowed = lazyregexp.New(`^[0-9A-Za-z*,/-]+$`)
)

// unreadable finds what only one of the two targets reads in a field.
func unreadable(i int, field string) *Problem {
	at := func(format string, args ...any) string { return fieldNames[i] + ": " + fmt.Sprintf(format, args...) }
	switch {
	case strings.Contains(field, "?"):
		return &Problem{at("must not be ?, which AWS alone knows"), "write *"}
	case strings.Contains(field, "#"):
		return &Problem{at("must not have #, which AWS alone knows"), "run each week, and let the app look at the date"}
	case !allowed.MatchString(field):
		return &Problem{at("must be numbers, names, and * , - /, got %s", strconv.Quote(field)), ""}
	case i == dayOfWeek && seven.MatchString(field):
		return &Problem{at("must be 0 to 6, got %s", field), "Sunday is 0, or SUN: AWS takes 7 for Saturday, and Kubernetes refuses it"}
	}
	for _, name := range names.FindAllString(field, -1) {
		name = strings.ToUpper(name)
		switch {
		case i == month && strings.Contains(monthNames, name) && len(name) == 3, i == dayOfWeek && strings.Contains(dayNames, name) && len(name) == 3:
		case name == "L" || name == "W" || name == "LW":
			return &Problem{at("must not have %s, which AWS alone knows", name), "run on the first of the next month, or let the app look at the date"}
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

// comes reports whether there is any day that the schedule runs on.
func (s *Schedule) comes() bool {
	first := bits.TrailingZeros64(s.fields.Dom)
	for m := 1; m <= 12; m++ {
		if s.fields.Month&(1<<m) != 0 && first <= longest[m] {
			return true
		}
	}
	return false
}

// String is the schedule as a CronJob takes it: its five fields.
func (s *Schedule) String() string { return s.text }

// AWS is the schedule as EventBridge Scheduler takes it: six fields, a question mark for
// the days that are not named, and days of the week by their names, since its numbers
// begin with 1. What it says is written out, without the steps that the two count alike
// only from the beginning of a field.
func (s *Schedule) AWS() string {
	date, weekday := values(s.fields.Dom, 1, 31, ""), "?"
	if s.restricted(s.fields.Dow) {
		date, weekday = "?", values(s.fields.Dow, 0, 6, dayNames)
	}
	return fmt.Sprintf("cron(%s %s %s %s %s *)", values(s.fields.Minute, 0, 59, ""), values(s.fields.Hour, 0, 23, ""), date, values(s.fields.Month, 1, 12, ""), weekday)
}

// values writes the numbers that a field holds, by their names where it has some.
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

// matches reports whether the schedule runs when a clock shows a time.
func (s *Schedule) matches(t time.Time) bool {
	return s.fields.Minute&(1<<t.Minute()) != 0 && s.fields.Hour&(1<<t.Hour()) != 0 && s.fields.Month&(1<<int(t.Month())) != 0 &&
		s.fields.Dom&(1<<t.Day()) != 0 && s.fields.Dow&(1<<int(t.Weekday())) != 0
}

// next is the first moment after t at which a clock of t's zone shows a time of the
// schedule; false where there is none in the next five years.
func (s *Schedule) next(t time.Time) (time.Time, bool) {
	at := *s.fields
	at.Location = t.Location()
	then := at.Next(t)
	return then, !then.IsZero()
}
