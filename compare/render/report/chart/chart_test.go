package chart_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ambi/compare/render/report/chart"
)

func TestSpark(t *testing.T) {
	for want, values := range map[string][]float64{
		"":         nil,
		"█":        {5},
		" ":        {0},
		" ▁▄█":     {0, .001, 5, 10},
		"▁▂▃▄▅▆▇█": {1, 2, 3, 4, 5, 6, 7, 8},
	} {
		if got := chart.Spark(values, 10); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}

// TestSparkKeepsPeaks hides one peak among many values.
func TestSparkKeepsPeaks(t *testing.T) {
	for at := range 1000 {
		values := make([]float64, 1000)
		values[at] = 1
		got := chart.Spark(values, 60)
		if utf8.RuneCountInString(got) != 60 || strings.Count(got, "█") != 1 {
			t.Fatalf("a peak at %d: %q", at, got)
		}
	}
}

func TestFoldTakesEachValueOnce(t *testing.T) {
	values := make([]float64, 101)
	for i := range values {
		values[i] = float64(i)
	}
	for n := 1; n < 120; n++ {
		total := 0.0
		groups := chart.Fold(values, n, func(group []float64) float64 {
			sum := 0.0
			for _, v := range group {
				sum += v
			}
			total += sum
			return slices.Max(group)
		})
		if total != 5050 || len(groups) != min(n, 101) || groups[len(groups)-1] != 100 {
			t.Fatalf("%d groups: %v", n, groups)
		}
	}
}

func TestBars(t *testing.T) {
	lines := chart.Bars([]float64{1, 4, 2, 0}, []float64{2, 8, 2, 0}, 20, 4, func(v float64) string { return fmt.Sprint(v) })
	want := []string{
		"8 ┤ ░",
		"  ┤ ░",
		"4 ┤ █",
		"2 ┤▓██",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}
