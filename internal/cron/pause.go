package cron

import (
	"slices"
	"time"
)

// Pause is a time that passes between two runs.
type Pause struct {
	Length time.Duration // 48 hours stand for a day without a run, or several, in between
	PerDay float64       // how often it comes before a run, on an average day
}

// Pauses lists the times between runs, the shortest first, over the 28 years after which
// dates fall on the same days of the week again. The sum of PerDay is how often the schedule
// runs on an average day. Clocks that are put forward or back are not counted.
func (s *Schedule) Pauses() []Pause {
	days, inRow := s.days()
	var times []int // minutes of the day
	for h := range 24 {
		for m := range 60 {
			if s.fields.Hour&(1<<h) != 0 && s.fields.Minute&(1<<m) != 0 {
				times = append(times, h*60+m)
			}
		}
	}
	perDay := map[time.Duration]float64{}
	for i := 1; i < len(times); i++ {
		perDay[time.Duration(times[i]-times[i-1])*time.Minute] += days
	}
	perDay[24*time.Hour-time.Duration(times[len(times)-1]-times[0])*time.Minute] += inRow
	if days > inRow {
		perDay[48*time.Hour] += days - inRow
	}
	var list []Pause
	for length, n := range perDay {
		if n > 0 {
			list = append(list, Pause{length, n})
		}
	}
	slices.SortFunc(list, func(a, b Pause) int { return int(a.Length - b.Length) })
	return list
}

// days is the part of all days that the schedule runs on, and the part that also follows
// such a day.
func (s *Schedule) days() (on, inRow float64) {
	// 2001 began with a Monday, and the 28 years from then on have seven leap years.
	const years = 28
	weekday, all, before := 1, 0, false
	for year := range years {
		for m := 1; m <= 12; m++ {
			length := longest[m]
			if m == 2 && year%4 != 3 {
				length--
			}
			for d := 1; d <= length; d++ {
				runs := s.fields.Month&(1<<m) != 0 && s.fields.Dom&(1<<d) != 0 && s.fields.Dow&(1<<weekday) != 0
				if runs {
					on++
				}
				if runs && before {
					inRow++
				}
				weekday, all, before = (weekday+1)%7, all+1, runs
			}
		}
	}
	return on / float64(all), inRow / float64(all)
}
