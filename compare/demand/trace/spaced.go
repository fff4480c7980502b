package trace

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// spaced gives counts their interval: the one that the user says, or else the
// distance of the first two times. Counts that are closer than that are an error.
type spaced struct {
	row      func() (record, error)
	notes    *notes
	interval int64
	given    bool    // the interval, by the user
	first    *record // held until the interval is known
	pending  *record // to be given before another row is read
	last     int64
	begun    bool
}

func newSpaced(options Options, notes *notes, row func() (record, error)) *spaced {
	s := &spaced{row: row, notes: notes, given: options.Interval > 0}
	if s.given {
		s.know(int64(options.Interval))
	}
	return s
}

// know takes the interval.
func (s *spaced) know(interval int64) {
	s.interval, s.notes.period, s.notes.assumed = interval, time.Duration(interval), !s.given
}

func (s *spaced) next() (record, error) {
	for {
		if s.pending != nil {
			r := *s.pending
			s.pending = nil
			return r, nil
		}
		r, err := s.row()
		switch {
		case errors.Is(err, io.EOF) && s.first != nil:
			r, s.first = *s.first, nil
			if s.interval == 0 {
				return record{}, s.notes.fail(r.line, "one timestamp with a count does not say which interval it counts", "ambi trace FILE --interval 1m --out NEW says it, for instance")
			}
			r.width = s.interval
			return r, nil
		case err != nil:
			return record{}, err
		case s.interval == 0 && s.first == nil:
			s.first = &r
			continue
		case s.interval == 0 && r.at == s.first.at:
			s.first.count += r.count
			continue
		case s.interval == 0:
			// Lines that are to be sorted may come in the other direction.
			s.know(max(r.at-s.first.at, s.first.at-r.at))
			s.last, s.begun = r.at, true
			first := *s.first
			first.width, r.width = s.interval, s.interval
			s.first, s.pending = nil, &r
			return first, nil
		}
		if distance := r.at - s.last; s.begun && distance != 0 && max(distance, -distance) < s.interval {
			return record{}, s.closer(r, max(distance, -distance))
		}
		s.last, s.begun = r.at, true
		r.width = s.interval
		return r, nil
	}
}

func (s *spaced) closer(r record, distance int64) error {
	d, interval := time.Duration(distance), time.Duration(s.interval)
	if s.given {
		return s.notes.fail(r.line, fmt.Sprintf("is %s after the count before it, and a count is of %s", d, interval),
			fmt.Sprintf("ambi trace FILE --interval %s --out NEW says another one", d))
	}
	return s.notes.fail(r.line, fmt.Sprintf("is %s after the count before it, and the first two are %s apart", d, interval),
		fmt.Sprintf("ambi trace FILE --interval %s --out NEW says what a count is of", d))
}
