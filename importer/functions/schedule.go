package functions

import (
	"encoding/json"
	"strconv"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/cron"
	"ambi/internal/lazyregexp"
)

// Schedule is what runs a function at set times.
type Schedule struct {
	Expression           *source.Node // cron(...) or rate(...)
	Zone, Input, Enabled *source.Node
	Attempts             *source.Node // retries, without the first run
	Disabled             bool
}

// Schedule makes the trigger of a schedule.
func (t Trigger) Schedule(sch Schedule) Trigger {
	t.Kind = "schedule"
	t.Fill = func(a *App, s *draft.Service) {
		to := s.Path("schedule.cron")
		text, why := Cron(sch.Expression.String())
		s.Set("schedule.cron", text)
		switch {
		case sch.Expression == nil:
			s.Set("schedule.cron", draft.Unresolved{})
			t.Note(t.At, draft.Item{Fate: draft.Approximated, To: to, Why: "says no times: write them into the spec", Changes: true})
		case sch.Expression.Why != "":
			s.Set("schedule.cron", sch.Expression.Text)
			a.approximate(t.Object, sch.Expression, to, sch.Expression.Why+": write the times into the spec", true)
		case why == "":
			a.carry(t.Object, sch.Expression, to)
		case text == sch.Expression.String():
			s.Comment("schedule.cron", "%s", why)
			a.approximate(t.Object, sch.Expression, to, why+": write times that both targets read", true)
		default:
			a.approximate(t.Object, sch.Expression, to, why, false)
		}
		if sch.Zone != nil {
			s.Set("schedule.timeZone", sch.Zone.String())
			a.carry(t.Object, sch.Zone, s.Path("schedule.timeZone"))
		}
		if in := sch.Input; in != nil {
			text := in.String()
			if in.Kind != source.Scalar {
				text = canonical(in)
			}
			if !json.Valid([]byte(text)) || draft.Secret("", text) {
				a.leave(t.Object, in, "is no JSON that a spec can hold: write it under schedule.input", true)
			} else {
				s.Set("schedule.input", text)
				a.approximate(t.Object, in, s.Path("schedule.input"), "a run gets it as input, beside id and time", true)
			}
		}
		if n, ok := sch.Attempts.Int(); ok && n >= 0 && n < 10 {
			s.Set("schedule.attempts", n+1)
			a.carry(t.Object, sch.Attempts, s.Path("schedule.attempts"))
		}
		a.leave(t.Object, sch.Attempts, "is no number of attempts that a spec has: set schedule.attempts", true)
		a.off(t, s, sch.Enabled)
	}
	return t
}

var (
	rate   = lazyregexp.New(`^rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)$`)
	awsRun = lazyregexp.New(`^cron\((.*)\)$`)
	number = lazyregexp.New(`\d+`)
)

// Cron is a schedule of AWS's as five fields. why says what differs; where there are no five
// fields of the same times, the text stays as it is.
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
func Cron(text string) (fields, why string) {
	text = strings.TrimSpace(text)
	if m := rate.FindStringSubmatch(text); m != nil {
		return everyTime(text, m[1], m[2])
	}
	m := awsRun.FindStringSubmatch(text)
	if m == nil {
		if at, found := strings.CutPrefix(text, "at("); found {
			return text, "runs once, at " + strings.TrimSuffix(at, ")") + ", and a schedule repeats"
		}
		return text, "is no schedule of AWS's"
	}
	all := strings.Fields(m[1])
	if len(all) != 6 {
		return text, "has not six fields"
	}
	if all[5] != "*" {
		return text, "is for certain years"
	}
	if strings.ContainsAny(strings.TrimLeft(all[2], "?"), "LW") || strings.ContainsAny(all[4], "#") || strings.HasSuffix(strings.ToUpper(all[4]), "L") {
		return text, "counts days from the end of a month or a week, which only AWS does"
	}
	for _, i := range []int{2, 4} {
		if all[i] == "?" {
			all[i] = "*"
		}
	}
	days := []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	day, step, stepped := strings.Cut(all[4], "/")
	day = number.ReplaceAllStringFunc(day, func(n string) string {
		if i, _ := strconv.Atoi(n); i >= 1 && i <= 7 {
			return days[i-1]
		}
		return n
	})
	if all[4] = day; stepped {
		all[4] = day + "/" + step
	}
	for i, field := range all[:2] {
		// 0/15 of AWS's is 0-59/15.
		if first, step, found := strings.Cut(field, "/"); found && !strings.ContainsAny(first, "*-,") {
			last := []string{"59", "23"}[i]
			if all[i] = first + "-" + last + "/" + step; first == "0" {
				all[i] = "*/" + step
			}
		}
	}
	fields = strings.Join(all[:5], " ")
	if _, err := cron.Parse(fields); err != nil {
		return text, "has times that the two targets read differently"
	}
	return fields, ""
}

// everyTime is a rate as five fields.
func everyTime(text, count, unit string) (fields, why string) {
	n, err := strconv.Atoi(count)
	starts := "runs at full " + unit + "s of the clock, and not from when it was deployed"
	switch {
	case err != nil || n < 1:
		return text, "is no rate"
	case unit == "minute" && n == 1:
		return "* * * * *", starts
	case unit == "minute" && n < 60 && 60%n == 0:
		return "*/" + count + " * * * *", starts
	case unit == "minute" && n%60 == 0:
		return everyTime(text, strconv.Itoa(n/60), "hour")
	case unit == "hour" && n == 1:
		return "0 * * * *", starts
	case unit == "hour" && n < 24 && 24%n == 0:
		return "0 */" + count + " * * *", starts
	case unit == "hour" && n%24 == 0:
		return everyTime(text, strconv.Itoa(n/24), "day")
	case unit == "day" && n == 1:
		return "0 0 * * *", starts
	case unit == "day" && n == 7:
		return "0 0 * * SUN", starts
	}
	return text, "is a rate that no clock's times have"
}
