// Errors reads what "ambi measure --json" printed of the server of known figures, several
// times, and prints how far off it was.
//
//	errors KNOWN MEASURED...
//
// KNOWN has lines of a route or nothing, a figure and what it is known to be, with tabs
// between: "GET /task/a	cpuTimeNanoseconds	2000000".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	known, err := os.Open(os.Args[1])
	check(err)
	var runs []map[string]any
	for _, name := range os.Args[2:] {
		text, err := os.ReadFile(name)
		check(err)
		var document struct{ Measured map[string]any }
		check(json.Unmarshal(text, &document))
		runs = append(runs, document.Measured)
	}
	fmt.Printf("%-14s %-24s %12s %12s %10s %10s %10s\n", "route", "figure", "known", "median", "median", "least", "most")
	lines := bufio.NewScanner(known)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		want, err := strconv.ParseFloat(cells[2], 64)
		check(err)
		var got []float64
		for _, run := range runs {
			got = append(got, figure(run, cells[0], cells[1]))
		}
		slices.Sort(got)
		off := func(f float64) string { return fmt.Sprintf("%+.1f %%", 100*(f/want-1)) }
		median := got[len(got)/2]
		fmt.Printf("%-14s %-24s %12.5g %12.5g %10s %10s %10s\n", strings.TrimPrefix(cells[0], "GET "), cells[1], want, median, off(median), off(got[0]), off(got[len(got)-1]))
	}
}

// figure is the mean of a figure, of a route or of all.
func figure(run map[string]any, route, name string) float64 {
	if route != "" {
		for _, r := range run["routes"].([]any) {
			if r := r.(map[string]any); r["route"] == route {
				run = r
			}
		}
	}
	switch f := run[name].(type) {
	case map[string]any:
		return f["mean"].(float64)
	case float64:
		return f
	}
	return math.NaN()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
