package trace

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"ambi/compare/demand/wire"
)

// LogsInsights is the results of a query of CloudWatch Logs Insights.
const LogsInsights Format = "logs-insights"

// logsInsights reads what GetQueryResults returns, as the AWS CLI prints it: rows of
// fields and values. Such as "stats count(*) by bin(1m)" has a count for each
// interval, and "fields @timestamp" a row a request. The console's download as CSV
// has the same columns, and is read as csv.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
func logsInsights() format {
	return format{
		name:    LogsInsights,
		what:    "what \"aws logs get-query-results\" prints, of \"stats count(*) by bin(1m)\" or of @timestamp",
		page:    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html",
		from:    "`aws logs get-query-results --query-id ID \\| ambi trace -`, or the console's CSV",
		columns: true,
		sniff: func(h head) bool {
			keys := h.keys()
			return slices.Contains(keys, "results") && (slices.Contains(keys, "statistics") || slices.Contains(keys, "status"))
		},
		open: newLogsInsights,
	}
}

func newLogsInsights(options Options, l *lines) (records, error) {
	var answer wire.LogsInsightsAnswer
	decoder := json.NewDecoder(l.text)
	if err := decoder.Decode(&answer); err != nil {
		return nil, l.notes.badJSON("of get-query-results", err)
	}
	if answer.Status != "" && answer.Status != "Complete" {
		l.notes.warn("is not complete: the query's status is " + answer.Status)
	}
	c := columns{notes: l.notes, header: true}
	for _, row := range answer.Results {
		cells := make([][]byte, len(c.head))
		for _, f := range row {
			at := slices.IndexFunc(c.head, func(name []byte) bool { return string(name) == f.Field })
			if at < 0 {
				at = len(c.head)
				c.head, cells = append(c.head, []byte(f.Field)), append(cells, nil)
			}
			cells[at] = []byte(f.Value)
		}
		c.rows = append(c.rows, cells)
	}
	if len(c.rows) == 0 {
		return &list{}, nil
	}
	var err error
	if c.time, err = c.timeColumn(options.TimeColumn); err != nil {
		return nil, err
	}
	count, err := c.countColumn(options.CountColumn)
	if err != nil {
		return nil, err
	}
	l.notes.columns = Columns{Times: c.time + 1, Counts: count + 1}
	var all list
	for i, row := range c.rows {
		t, ok := parseTimestamp(cell(row, c.time))
		r := record{at: t.at, width: t.width, count: 1, line: i + 1}
		problem := mustBeTimestamp + ", got " + quote(cell(row, c.time))
		if ok && count >= 0 {
			r.count, ok = parseCount(cell(row, count))
			problem = strings.Replace(mustBeCount, "%s", quote(cell(row, count)), 1)
		}
		if !ok {
			if err := l.notes.skip(i+1, problem); err != nil {
				return nil, err
			}
			continue
		}
		l.notes.read++
		all = append(all, r)
	}
	slices.SortStableFunc(all, byTime)
	if count < 0 {
		return &all, nil
	}
	if options.Interval == 0 {
		options.Interval = binOf(c.head[c.time])
	}
	return newSpaced(options, l.notes, all.next), nil
}

// binOf is the interval of a column such as bin(5m); 0 of others.
func binOf(name []byte) time.Duration {
	text, is := strings.CutPrefix(plain(name), "bin(")
	text, closed := strings.CutSuffix(text, ")")
	if !is || !closed {
		return 0
	}
	if days, is := strings.CutSuffix(text, "d"); is {
		text = days + "h"
	}
	interval, err := time.ParseDuration(text)
	if err != nil || interval < 0 {
		return 0
	}
	if strings.HasSuffix(plain(name), "d)") {
		interval *= 24
	}
	return interval
}

// badJSON is an error about JSON that cannot be read; faults of reading stay what
// they are.
func (n *notes) badJSON(of string, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return n.fail(0, "is no JSON "+of+": "+err.Error())
	}
	return damaged(err, n.name)
}
