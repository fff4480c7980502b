// Package chart draws figures over time with characters, for a terminal.
//
//	fmt.Println(chart.Spark(values, 60)) // ▁▂▅█▃
//
// Both drawings keep peaks: where many values share a column, its height is the
// largest one's, and never their mean.
package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// eighths are blocks by their height, from nothing to a whole one.
func eighths() []rune { return []rune(" ▁▂▃▄▅▆▇█") }

// Spark draws values in one line of at most width columns, each as high as the
// largest of the values that share it. The highest is a whole block; anything
// above zero shows, and zero is blank.
func Spark(values []float64, width int) string {
	columns := Fold(values, width, slices.Max[[]float64])
	top := 0.0
	for _, v := range columns {
		top = max(top, v)
	}
	var b strings.Builder
	for _, v := range columns {
		b.WriteRune(eighths()[level(v, top, 8)])
	}
	return b.String()
}

// level is a value's height in steps, at least one when it is more than zero.
func level(v, top float64, steps int) int {
	if !(v > 0) || top <= 0 {
		return 0
	}
	return min(max(1, int(math.Round(v/top*float64(steps)))), steps)
}

// Fold puts values into at most n groups of about equal length, and each group
// into one value. There are as many groups as values when there are fewer.
func Fold(values []float64, n int, fold func([]float64) float64) []float64 {
	if len(values) < n {
		n = len(values)
	}
	groups := make([]float64, n)
	for i := range groups {
		groups[i] = fold(values[i*len(values)/n : (i+1)*len(values)/n])
	}
	return groups
}

// Bars draws a chart of some height, in lines: for each moment a mean, solid, and
// above it a peak, shaded. The axis on the left is labelled by format. Moments
// share columns when there are more of them than the width has.
func Bars(mean, peak []float64, width, height int, format func(float64) string) []string {
	average := func(group []float64) float64 {
		sum := 0.0
		for _, v := range group {
			sum += v
		}
		return sum / float64(len(group))
	}
	top := slices.Max(append([]float64{0}, peak...))
	labels := make([]string, height)
	widest := 0
	for row := range labels {
		if row%2 == 0 || row == height-1 {
			labels[row] = format(top * float64(height-row) / float64(height))
		}
		widest = max(widest, len(labels[row]))
	}
	columns := width - widest - 2
	means, peaks := Fold(mean, columns, average), Fold(peak, columns, slices.Max[[]float64])
	lines := make([]string, height)
	for row := range lines {
		var b strings.Builder
		fmt.Fprintf(&b, "%*s ┤", widest, labels[row])
		floor := (height - row - 1) * 8 // in eighths of a row
		for i := range means {
			solid, shade := level(means[i], top, 8*height)-floor, level(peaks[i], top, 8*height)-floor
			switch {
			case solid >= 8:
				b.WriteRune('█')
			case solid > 0 && shade < 8:
				b.WriteRune(eighths()[solid])
			case solid >= 4:
				b.WriteRune('▓')
			case shade > 0:
				b.WriteRune('░')
			default:
				b.WriteByte(' ')
			}
		}
		lines[row] = strings.TrimRight(b.String(), " ")
	}
	return lines
}
