package records

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// reportField is a field of a REPORT line:
//
//	REPORT RequestId: 3604209a	Duration: 12.34 ms	Billed Duration: 13 ms	Memory Size: 128 MB	Max Memory Used: 18 MB	Init Duration: 100.11 ms
//
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
var reportField = lazyregexp.New(`(Billed Restore Duration|Restore Duration|Billed Duration|Init Duration|Duration|Memory Size|Max Memory Used): ([0-9]+(?:\.[0-9]+)?) (?:ms|MB)`)

const reportBegin = "REPORT RequestId:"

// maxLine bounds a line of a log.
const maxLine = 16 << 20

// reportLines reads what has REPORT lines in it: as text, within a JSON text, or as JSON
// objects of the type platform.report, a line each.
func (r *Report) reportLines(text io.Reader, name string) error {
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	before := r.read
	for lines.Scan() {
		line := lines.Bytes()
		if bytes.Contains(line, []byte("platform.report")) {
			if w, ok := platformReport(line); ok {
				r.add(w, 1)
			} else {
				r.skipped++
			}
			continue
		}
		_, rest, found := bytes.Cut(line, []byte(reportBegin))
		for found {
			var one []byte
			one, rest, found = bytes.Cut(rest, []byte(reportBegin))
			if w, ok := reportRow(one); ok {
				r.add(w, 1)
			} else {
				r.skipped++
			}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return problem.File(name, 0, "has a line of more than %d MiB", maxLine>>20)
	case err != nil:
		return problem.New("cannot read %s: %w", name, err).Of(problem.Machine)
	case r.read == before:
		return problem.File(name, 0, "has no record in it that is known").
			Hint("REPORT lines, JSON of get-metric-data, get-metric-statistics and get-query-results, CSV of Logs Insights, and Prometheus' query_range can be read")
	}
	return nil
}

// reportRow reads what follows "REPORT RequestId:".
func reportRow(text []byte) (row, bool) {
	w := noRow()
	for _, m := range reportField.FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		to := map[string]*float64{"Duration": &w.duration, "Billed Duration": &w.billed, "Init Duration": &w.start, "Memory Size": &w.memory, "Max Memory Used": &w.used}[m[1]]
		if to != nil && math.IsNaN(*to) {
			*to = n
		}
	}
	return w, !math.IsNaN(w.duration)
}

// platformReport reads a line of Lambda's JSON log.
//
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
func platformReport(line []byte) (row, bool) {
	var report struct {
		Type   string
		Record struct {
			Metrics struct {
				DurationMs, BilledDurationMs, InitDurationMs, MemorySizeMB, MaxMemoryUsedMB *float64
			}
		}
	}
	at := bytes.IndexByte(line, '{')
	if at < 0 || json.Unmarshal(line[at:], &report) != nil || report.Type != "platform.report" {
		return row{}, false
	}
	m := report.Record.Metrics
	w := noRow()
	for to, from := range map[*float64]*float64{&w.duration: m.DurationMs, &w.billed: m.BilledDurationMs, &w.start: m.InitDurationMs, &w.memory: m.MemorySizeMB, &w.used: m.MaxMemoryUsedMB} {
		if from != nil {
			*to = *from
		}
	}
	return w, !math.IsNaN(w.duration)
}
