package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// AzureFunctions is a row a function with its name and counts of 1,440 minutes.
const AzureFunctions Format = "azure-functions"

// azureFunctions is the format of Azure Functions' data of 2019.
//
// https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsDataset2019.md
func azureFunctions() format {
	return format{
		name:   AzureFunctions,
		what:   "a row a function with 1,440 counts a minute, as in Azure Functions' data of 2019; all rows, or those of --series",
		page:   "https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsDataset2019.md",
		from:   "[the data set](https://github.com/Azure/AzurePublicDataset), CC-BY 4.0; `--series` picks functions",
		series: true,
		sniff:  func(h head) bool { return bytes.HasPrefix(bytes.ToLower(h.first()), []byte("hashowner,")) },
		open:   newAzureFunctions,
	}
}

// newAzureFunctions reads rows of HashOwner,HashApp,HashFunction,Trigger,1,2,…
// and adds their counts up, those of Options.Series where it names some by
// owner, app, function or trigger. Minutes are counted from the day's begin,
// which the file does not say.
func newAzureFunctions(options Options, l *lines) (records, error) {
	var (
		totals []int64
		found  = make([]bool, len(options.Series))
		names  = -1 // columns before the counts
	)
	for {
		line, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		fields := split(line, ',', nil)
		if names < 0 {
			names = slices.IndexFunc(fields, func(f []byte) bool { return string(f) == "1" })
			if names < 1 || len(fields)-names > maxMinutes {
				return nil, l.notes.fail(l.number, "must be a header of names and then 1, 2, … for the minutes")
			}
			totals = make([]int64, len(fields)-names)
			continue
		}
		if !picked(fields[:min(names, len(fields))], options.Series, found) {
			continue
		}
		if err := addRow(totals, fields, names, l); err != nil {
			return nil, err
		}
	}
	for i, name := range options.Series {
		if !found[i] {
			return nil, l.notes.fail(0, fmt.Sprintf("has no owner, app, function or trigger %q", name))
		}
	}
	l.notes.period = time.Minute
	minutes := make(list, len(totals))
	for i, n := range totals {
		minutes[i] = record{at: int64(i) * minute, width: minute, count: n, line: i + 1}
	}
	return &minutes, nil
}

// maxMinutes is two weeks of them, what the whole of the data has.
const maxMinutes = 14 * 24 * 60

// picked reports whether a row is one of the series, and notes which it is.
func picked(names [][]byte, series []string, found []bool) bool {
	any := len(series) == 0
	for i, s := range series {
		if slices.ContainsFunc(names, func(name []byte) bool { return string(name) == s }) {
			found[i], any = true, true
		}
	}
	return any
}

// addRow adds a row's counts, all of them or none.
func addRow(totals []int64, fields [][]byte, names int, l *lines) error {
	if len(fields) != names+len(totals) {
		return l.skip("must have %d columns, got %d", names+len(totals), len(fields))
	}
	counts := make([]int64, len(totals))
	for i, cell := range fields[names:] {
		n, ok := parseCount(bytes.TrimSpace(cell))
		if !ok {
			return l.skip("minute %d: "+mustBeCount, i+1, quote(cell))
		}
		counts[i] = n
	}
	for i, n := range counts {
		if totals[i] += n; totals[i] > maxCount {
			return l.notes.fail(l.number, fmt.Sprintf("minute %d has more than %d requests", i+1, int64(maxCount)))
		}
	}
	l.notes.read++
	return nil
}
