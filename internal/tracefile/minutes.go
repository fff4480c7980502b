package tracefile

import (
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
)

// Minutes reads a trace into requests a minute. The last minute counts
// where the trace fills at least half of it, scaled to a whole one. Lines that
// cannot be read are errors: "ambi trace --out" leaves them out.
func Minutes(name string) ([]float64, error) {
	file, err := inputfile.Open("trace", name, missingHints("trace", name)...)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader, err := trace.Open(file, trace.Options{Name: name, Spread: trace.Even, Strict: true})
	if err != nil {
		return nil, err
	}
	var minutes []float64
	const minute = int64(time.Minute)
	for at, ok := reader.Next(); ok; at, ok = reader.Next() {
		i := int(at / minute)
		if i >= demand.MaxMinutes {
			return nil, tooLong(name)
		}
		for len(minutes) <= i {
			minutes = append(minutes, 0)
		}
		minutes[i] += 1 + reader.Skip(int64(i+1)*minute)
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	span := int64(reader.Span())
	whole, rest := int(span/minute), span%minute
	if whole > demand.MaxMinutes {
		return nil, tooLong(name)
	}
	for len(minutes) < whole {
		minutes = append(minutes, 0)
	}
	if whole == 0 && rest < minute/2 {
		return nil, problem.File(name, 0, "must be at least half a minute long, to tell a rate")
	}
	if len(minutes) > whole && rest < minute/2 {
		minutes = minutes[:whole]
	} else if len(minutes) > whole {
		minutes[whole] *= float64(minute) / float64(rest)
	}
	return minutes, nil
}

func tooLong(name string) error {
	return problem.File(name, 0, "must be at most %d minutes long, which are 31 days", demand.MaxMinutes)
}
