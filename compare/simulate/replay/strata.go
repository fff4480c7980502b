package replay

import (
	"fmt"
	"math"
	"slices"

	"ambi/internal/portable"
)

// level says with what a minute is alike. Of several services each has its own, beside that of
// all together.
type level struct {
	level, trend           int // of calm minutes; of one service, the level of its part of all requests
	length, requests, peak int // of episodes, whose level is that before them
}

// strata numbers what minutes are alike in, as it is found.
type strata map[string]int

func (s strata) number(levels []level) int {
	k := fmt.Sprint(levels)
	n, known := s[k]
	if !known {
		n = len(s)
		s[k] = n
	}
	return n
}

// stratify finds the calm minutes: the windows that could be measured, in order
// of time, which minutes are calm, and the number of strata that windows are of. A minute is
// calm when it is for each service; counts are of all of them.
func stratify(services []Counts, counts Counts, settle int, step, alike float64) ([]window, []bool, int) {
	numbers := strata{}
	widths := partWidths(services, settle, step)
	var windows []window
	calm := make([]bool, len(counts.Minutes))
	whole := int(counts.Span / minute) // a minute that is cut short is not like the others
	var levels []level
	for i := settle; i < whole; i++ {
		var ok bool
		if levels, ok = calmLevels(levels[:0], services, counts, i, settle, step, widths); !ok {
			continue
		}
		calm[i] = true
		n := numbers.number(levels)
		if last := len(windows) - 1; last >= 0 && windows[last].to == i && windows[last].stratum == n && i-windows[last].from < windowMinutes {
			windows[last].to = i + 1
		} else {
			windows = append(windows, window{from: i, to: i + 1, stratum: n})
		}
	}
	// Episodes begin after a calm minute, and end before one.
	for i := settle + 1; i < whole; i++ {
		if calm[i] || !calm[i-1] {
			continue
		}
		from := i
		for i < whole && !calm[i] {
			i++
		}
		if i == whole {
			break
		}
		levels = append(levels[:0], episode(counts.Minutes, from, i, alike))
		if len(services) > 1 {
			for _, one := range services {
				levels = append(levels, episode(one.Minutes, from, i, alike))
			}
		}
		windows = append(windows, window{from: from, to: i, stratum: numbers.number(levels)})
	}
	return windows, calm, len(numbers)
}

// calmLevels adds the levels of a minute, that of all requests first; false where it is not calm.
func calmLevels(levels []level, services []Counts, all Counts, i, settle int, step float64, widths []float64) ([]level, bool) {
	recent := func(c Counts) []float64 { return c.Minutes[i-settle : i+1] }
	mean, change, trend, ok := steadiness(recent(all))
	if !ok {
		return levels, false
	}
	k := level{level: -1, trend: trend}
	if mean > 0 {
		k.level = int(portable.Ln(float64(mean*(1+change))+1) / portable.Ln(step))
	}
	levels = append(levels, k)
	if len(services) == 1 {
		return levels, true
	}
	for n, one := range services {
		own, _, trend, ok := steadiness(recent(one))
		if !ok {
			return levels, false
		}
		k := level{level: -1, trend: trend}
		if own > 0 {
			k.level = int(math.Round(portable.Ln(mean/own) / portable.Ln(widths[n])))
		}
		levels = append(levels, k)
	}
	return levels, true
}

// partWidths are the steps from one level of a service's part of all requests to the next. What is
// the same part at any rate has one level, whatever chance does to it.
func partWidths(services []Counts, settle int, step float64) []float64 {
	const sigmas = 6
	widths := make([]float64, len(services))
	for n, one := range services {
		usual := one.Total() / float64(max(1, len(one.Minutes)))
		widths[n] = max(step, 1+sigmas/math.Sqrt(max(1, float64(usual*float64(settle+1)))))
	}
	return widths
}

// steadiness is the mean of some minutes, by what part of it they change, and whether they rise,
// fall or neither; false where one lies further from the mean than calm minutes do. The change is
// that of the two halves: where they lead to.
func steadiness(recent []float64) (mean, change float64, trend int, ok bool) {
	for _, n := range recent {
		mean += n / float64(len(recent))
	}
	bound := float64(calmPart*mean) + float64(calmSigmas*math.Sqrt(mean))
	if slices.Max(recent)-mean > bound || mean-slices.Min(recent) > bound {
		return mean, 0, 0, false
	}
	if mean == 0 {
		return 0, 0, 0, true
	}
	half := len(recent) / 2
	early, late := 0.0, 0.0
	for j := range half {
		early += recent[j]
		late += recent[len(recent)-1-j]
	}
	change = (late - early) / (mean * float64(half))
	chance := calmSigmas / math.Sqrt(mean*float64(half))
	switch {
	case change > drift+chance:
		trend = 1
	case change < -drift-chance:
		trend = -1
	}
	return mean, change, trend, true
}

// episode says with what the minutes from one to another are alike, which are not calm.
func episode(minutes []float64, from, to int, alike float64) level {
	total, peak := 0.0, 0.0
	for _, n := range minutes[from:to] {
		total += n
		peak = max(peak, n)
	}
	size := func(x float64) int { return 1 + int(portable.Ln(x+1)/portable.Ln(alike)) }
	return level{size(minutes[from-1]), 0, size(float64(to - from)), size(total), size(peak)}
}
