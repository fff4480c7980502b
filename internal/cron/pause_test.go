package cron

import (
	"math"
	"testing"
	"time"
)

// What Pauses counts is what the runs of 28 years are.
func TestPauses(t *testing.T) {
	for _, text := range []string{"0 6 * * *", "*/20 1 * * *", "0,1,30 8-9 * * MON-FRI", "0 0 29 2 *", "15 0,23 1,2,31 * *", "0 12 * * SUN", "59 23 1-7 JAN,JUN *"} {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		const day = 24 * time.Hour
		first, last := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
		want, before := map[time.Duration]float64{}, time.Time{}
		for at, more := s.next(first.Add(-time.Second)); more && at.Before(last); at, more = s.next(at) {
			pause := at.Sub(before)
			if at.Truncate(day).Sub(before.Truncate(day)) > day {
				pause = 2 * day
			}
			want[pause] += float64(day) / float64(last.Sub(first))
			before = at
		}
		got := s.Pauses()
		for i, p := range got {
			if i > 0 && p.Length <= got[i-1].Length {
				t.Errorf("%s: %s comes after %s", text, p.Length, got[i-1].Length)
			}
			// Whether 2000 ended with a run is not known here: a day in 10,227.
			if math.Abs(p.PerDay-want[p.Length]) > 1.5/10_227 {
				t.Errorf("%s: %v a day with a pause of %s, want %v", text, p.PerDay, p.Length, want[p.Length])
			}
		}
		if len(got) < len(want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
