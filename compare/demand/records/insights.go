package records

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"ambi/compare/demand/wire"
	"ambi/internal/problem"
)

// Logs Insights' own fields of REPORT lines: times in milliseconds, sizes in bytes, of
// 1,000,000 to the MB.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
const insightsMB = 1e6

// insightsColumn is what a column of results means; nil is none that is known. Means over
// many rows are those of avg().
func insightsColumn(w *row, name string) (to *float64, unit float64) {
	name = strings.ToLower(strings.TrimSpace(name))
	field := name
	if inner, is := strings.CutPrefix(name, "avg("); is {
		field = strings.TrimSuffix(inner, ")")
	}
	switch field {
	case "@duration":
		return &w.duration, 1
	case "@billedduration":
		return &w.billed, 1
	case "@initduration":
		return &w.start, 1
	}
	if inner, is := strings.CutPrefix(name, "max("); is {
		field = strings.TrimSuffix(inner, ")")
	}
	switch field {
	case "@memorysize":
		return &w.memory, insightsMB
	case "@maxmemoryused":
		return &w.used, insightsMB
	}
	return nil, 0
}

// insights reads rows.
func (r *Report) insights(name string, rows [][]wire.LogsInsightsField) error {
	known := false
	for _, fields := range rows {
		w, count := noRow(), math.NaN()
		whole := false
		for _, f := range fields {
			if f.Field == "@message" {
				if _, rest, is := strings.Cut(f.Value, reportBegin); is {
					if w, whole = reportRow([]byte(rest)); whole {
						break
					}
				}
			}
			value, err := strconv.ParseFloat(strings.TrimSpace(f.Value), 64)
			if err != nil {
				continue
			}
			if strings.HasPrefix(strings.ToLower(f.Field), "count(") {
				count = value
			}
			if to, unit := insightsColumn(&w, f.Field); to != nil {
				*to = value / unit
			}
		}
		aggregated := slices.ContainsFunc(fields, func(f wire.LogsInsightsField) bool { return strings.HasPrefix(strings.ToLower(f.Field), "avg(") })
		switch {
		case !w.says():
			r.skipped++
			continue
		case !aggregated || whole:
			count = 1
		case math.IsNaN(count):
			count = 1
			if len(rows) > 1 {
				r.warn("%s: has means without count(*), so each row counts alike", name)
			}
		}
		if aggregated && !whole && count == 1 {
			count = severalInvocations
		}
		known = true
		r.add(w, count)
	}
	if !known {
		return problem.File(name, 0, "has none of Lambda's fields, such as @duration").
			Hint(`query: filter @type = "REPORT" | stats avg(@duration), avg(@initDuration), max(@memorySize), max(@maxMemoryUsed), count(*)`)
	}
	return nil
}

func (r *Report) insightsJSON(text io.Reader, name string) error {
	var answer wire.LogsInsightsAnswer
	if err := json.NewDecoder(io.LimitReader(text, maxText)).Decode(&answer); err != nil {
		return badJSON(name, "of get-query-results", err)
	}
	if answer.Status != "" && answer.Status != "Complete" {
		r.warn("%s: is not complete, its status is %s", name, answer.Status)
	}
	return r.insights(name, answer.Results)
}

// isInsightsCSV reports whether a text is the console's download.
func isInsightsCSV(begin []byte) bool {
	line, _, _ := bytes.Cut(begin, []byte("\n"))
	if bytes.Contains(line, []byte(reportBegin)) || len(line) > 0 && line[0] == '{' {
		return false
	}
	var w row
	for _, cell := range strings.Split(string(line), ",") {
		name := strings.Trim(strings.TrimSpace(cell), `"`)
		if to, _ := insightsColumn(&w, name); to != nil || name == "@message" {
			return true
		}
	}
	return false
}

func (r *Report) insightsCSV(text io.Reader, name string) error {
	reader := csv.NewReader(io.LimitReader(text, maxText))
	reader.FieldsPerRecord = -1
	var head []string
	var rows [][]wire.LogsInsightsField
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return r.insights(name, rows)
		}
		if err != nil {
			line := 0
			if at := (*csv.ParseError)(nil); errors.As(err, &at) {
				line, err = at.Line, at.Err
			}
			return problem.File(name, line, "is no CSV: %v", err)
		}
		if head == nil {
			head = cells
			head[0] = strings.TrimPrefix(head[0], "\ufeff")
			continue
		}
		var fields []wire.LogsInsightsField
		for i := range min(len(cells), len(head)) {
			fields = append(fields, wire.LogsInsightsField{Field: head[i], Value: cells[i]})
		}
		rows = append(rows, fields)
	}
}

// badJSON is a problem of a text that is no JSON of some kind.
func badJSON(name, of string, err error) error {
	return problem.File(name, 0, "is no JSON %s: %v", of, err)
}
