package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"ambi/internal/problem"
)

// Format is how a text writes a trace.
type Format string

// The formats.
const (
	// CSV is a row a request, or a row an interval with its count. A header says
	// which column is which; without one the first is the time, and of exactly
	// two columns the second is a count when it is a whole number.
	CSV Format = "csv"
	// Timestamps is CSV of which only the times count: a row a request. It is
	// what CSV of one column is found to be.
	Timestamps Format = "timestamps"
	// AzureFunctions is a row a function with its name and counts of 1,440
	// minutes, as in Azure Functions' data of 2019 (github.com/Azure/AzurePublicDataset).
	AzureFunctions Format = "azure-functions"
	// AccessLog is the common or combined log format of web servers.
	AccessLog Format = "access-log"
	// CloudWatchJSON is what GetMetricData and GetMetricStatistics return.
	CloudWatchJSON Format = "cloudwatch-json"
	// CloudWatchCSV is what CloudWatch's console downloads: rows with the
	// metrics' labels, then a row an interval with a value a metric.
	CloudWatchCSV Format = "cloudwatch-csv"
)

// Formats are all of them.
func Formats() []Format {
	return []Format{Timestamps, CSV, AzureFunctions, AccessLog, CloudWatchJSON, CloudWatchCSV}
}

// ParseFormat is the format of a name.
func ParseFormat(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if name == string(f) {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", problem.New("must be %s or %s, got %q", strings.Join(names[:len(names)-1], ", "), names[len(names)-1], name)
}

// detect finds out the format from the text's first lines.
func detect(text *bufio.Reader, notes *notes) (Format, error) {
	head, err := text.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return "", damaged(err, notes.name)
	}
	first, rest := firstLine(head)
	if len(first) == 0 {
		return "", notes.fail(0, "has no request in it")
	}
	switch {
	case first[0] == '{' || first[0] == '[':
		return CloudWatchJSON, nil
	case isLogLine(first):
		return AccessLog, nil
	case bytes.HasPrefix(bytes.ToLower(first), []byte("hashowner,")):
		return AzureFunctions, nil
	case isLabelRow(first):
		return CloudWatchCSV, nil
	}
	second, rest := firstLine(rest)
	if isLabelRow(second) {
		return CloudWatchCSV, nil
	}
	// A log whose first lines are damaged is still one: no row of a table looks like a log's.
	for line := second; line != nil; line, rest = firstLine(rest) {
		if isLogLine(line) {
			return AccessLog, nil
		}
	}
	return CSV, nil
}

// firstLine is the first line that says something, and what follows it.
func firstLine(text []byte) (line, rest []byte) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for len(text) > 0 {
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return line, text
		}
	}
	return nil, nil
}

// open starts the reader of a format.
func open(options Options, l *lines) (records, error) {
	if len(options.Series) > 0 {
		switch options.Format {
		case AzureFunctions, CloudWatchJSON, CloudWatchCSV:
		default:
			return nil, l.notes.fail(0, fmt.Sprintf("has one series of requests, and --series picks one of several (read as %s)", options.Format))
		}
	}
	switch options.Format {
	case CSV, Timestamps:
		return newTable(options, l)
	case AccessLog:
		return &accessLog{l}, nil
	case AzureFunctions:
		return newAzureFunctions(options, l)
	case CloudWatchJSON:
		return newCloudWatchJSON(options, l)
	case CloudWatchCSV:
		return newCloudWatchCSV(options, l)
	}
	_, err := ParseFormat(string(options.Format))
	return nil, problem.Each(err, func(p *problem.Problem) { p.Field, p.Kind = "format", problem.Misuse })
}
