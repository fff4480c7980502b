package trace

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"ambi/compare/demand/wire"
	"ambi/internal/problem"
)

// The formats of CloudWatch's metrics.
const (
	// CloudWatchJSON is what GetMetricData and GetMetricStatistics return.
	CloudWatchJSON Format = "cloudwatch-json"
	// CloudWatchCSV is what CloudWatch's console downloads: rows with the
	// metrics' labels, then a row an interval with a value a metric.
	CloudWatchCSV Format = "cloudwatch-csv"
)

// cloudWatchJSON is the format of the AWS CLI.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
func cloudWatchJSON() format {
	return format{
		name:   CloudWatchJSON,
		what:   "what \"aws cloudwatch get-metric-data\" or \"get-metric-statistics\" prints, of a sum or a sample count",
		page:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html",
		from:   "`aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name Invocations --statistics Sum --period 60 …`, or `get-metric-data`",
		series: true,
		sniff: func(h head) bool {
			keys := h.keys()
			return slices.Contains(keys, "MetricDataResults") || slices.Contains(keys, "Datapoints")
		},
		open: newCloudWatchJSON,
	}
}

// cloudWatchCSV is the format of the console.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph_a_metric.html
func cloudWatchCSV() format {
	return format{
		name:   CloudWatchCSV,
		what:   "what CloudWatch's console downloads",
		page:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph_a_metric.html",
		from:   "the console's download of a graph",
		series: true,
		sniff:  func(h head) bool { return slices.ContainsFunc(h.some(2), isLabelRow) },
		open:   newCloudWatchCSV,
	}
}

// point is a metric's value at a time.
type point struct {
	at    int64
	value float64
}

// metric is a series of points, in no order.
type metric struct {
	names     []string // id and label, by which Options.Series picks it
	statistic string   // as the input says it; empty where it does not
	status    string   // of the last page: "Complete", or another code, or empty
	points    []point
}

// maxPoints bounds what is read of CloudWatch: a single GetMetricData gives
// 100,800 points at most.
const maxPoints = 5_000_000

// newCloudWatchJSON reads what GetMetricData returns
// ({"MetricDataResults": [{"Id", "Label", "Timestamps", "Values"}]}) or
// GetMetricStatistics ({"Label", "Datapoints": [{"Timestamp", "Sum"}]}), as the
// AWS CLI prints them: several pages may follow each other. Of statistics the
// sum counts, or else the number of samples.
func newCloudWatchJSON(options Options, l *lines) (records, error) {
	decoder := json.NewDecoder(l.text)
	var metrics []metric
	total, any, next := 0, false, ""
	for {
		var page wire.CloudWatchPage
		err := decoder.Decode(&page)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, l.notes.badJSON("of CloudWatch", err)
		}
		any = any || page.MetricDataResults != nil || page.Datapoints != nil
		next = page.NextToken
		for _, result := range page.MetricDataResults {
			if len(result.Timestamps) != len(result.Values) {
				return nil, l.notes.fail(0, fmt.Sprintf("%s has %d timestamps and %d values", result.Label, len(result.Timestamps), len(result.Values)))
			}
			m := find(&metrics, result.ID, result.Label)
			m.status = result.StatusCode
			for i, text := range result.Timestamps {
				if err := m.add(l.notes, text, result.Values[i]); err != nil {
					return nil, err
				}
			}
			total += len(result.Values)
		}
		if page.Datapoints != nil {
			m := find(&metrics, page.Label)
			for _, d := range page.Datapoints {
				value := cmp.Or(d.Sum, d.SampleCount)
				if value == nil {
					return nil, l.notes.fail(0, fmt.Sprintf("%s has neither Sum nor SampleCount", page.Label), "ask for them: --statistics Sum")
				}
				if err := m.add(l.notes, d.Timestamp, *value); err != nil {
					return nil, err
				}
			}
			total += len(page.Datapoints)
		}
		if total > maxPoints {
			return nil, l.notes.fail(0, fmt.Sprintf("has more than %d points", maxPoints))
		}
	}
	if !any {
		return nil, l.notes.fail(0, "has neither MetricDataResults nor Datapoints", "aws cloudwatch get-metric-data and get-metric-statistics print them")
	}
	if next != "" {
		l.notes.warn("is not complete: it ends with a NextToken, and the page that this one asks for is missing")
	}
	return counted(metrics, options, l.notes)
}

// find is the metric with some names, a new one if need be: later pages go on
// with what earlier ones have begun.
func find(metrics *[]metric, names ...string) *metric {
	for i := range *metrics {
		if slices.Equal((*metrics)[i].names, names) {
			return &(*metrics)[i]
		}
	}
	*metrics = append(*metrics, metric{names: names})
	return &(*metrics)[len(*metrics)-1]
}

// add adds a point with its time as the CLI prints it, or as a number.
func (m *metric) add(notes *notes, text json.RawMessage, value float64) error {
	t, ok := parseTimestamp(bytes.Trim(text, `"`))
	if !ok {
		return notes.fail(0, fmt.Sprintf("%s: %s, got %s", m.label(), mustBeTimestamp, quote(text)))
	}
	if !(value >= 0 && value <= maxCount) || value != math.Trunc(value) {
		return notes.fail(0, fmt.Sprintf("%s at %s: %s", m.label(), moment(t.at), fmt.Sprintf(mustBeCount, fmt.Sprint(value))),
			mustBeSum)
	}
	notes.read++
	m.points = append(m.points, point{t.at, value})
	return nil
}

func (m *metric) label() string { return m.names[len(m.names)-1] }

// choose tells which metrics are asked for. They must be named when there are
// several: invocations and errors add up to nothing. Their statistics must count
// requests.
func choose(metrics []metric, options Options, notes *notes) ([]bool, error) {
	chosen := make([]bool, len(metrics))
	found := make([]bool, len(options.Series))
	var labels []string
	for i, m := range metrics {
		names := make([][]byte, len(m.names))
		for i, name := range m.names {
			names[i] = []byte(name)
		}
		chosen[i] = picked(names, options.Series, found)
		labels = append(labels, fmt.Sprintf("%q", m.label()))
	}
	for i, name := range options.Series {
		if !found[i] {
			return nil, notes.fail(0, fmt.Sprintf("has no metric %q", name), "it has "+strings.Join(labels, ", "))
		}
	}
	if len(metrics) > 1 && len(options.Series) == 0 {
		return nil, notes.fail(0, "has several metrics", "ambi trace FILE --series NAME --out NEW takes one or more of "+strings.Join(labels, ", "))
	}
	var wrong problem.List
	for i, m := range metrics {
		switch plain([]byte(m.statistic)) {
		case "", "sum", "samplecount":
			continue
		}
		if chosen[i] {
			wrong = append(wrong, problem.File(notes.name, 0, "%s has the statistic %s, which does not count requests", m.label(), m.statistic))
		}
	}
	if len(wrong) > 0 {
		wrong[len(wrong)-1].Hints = []string{mustBeSum}
		return nil, wrong
	}
	return chosen, nil
}

const mustBeSum = "the statistic must be Sum, or SampleCount"

// counted adds up the metrics that are asked for, in order of time.
func counted(metrics []metric, options Options, notes *notes) (records, error) {
	chosen, err := choose(metrics, options, notes)
	if err != nil {
		return nil, err
	}
	var points []point
	for i, m := range metrics {
		if chosen[i] {
			if m.status != "" && m.status != "Complete" {
				notes.warn(fmt.Sprintf("is not complete: %s has the StatusCode %s", m.label(), m.status))
			}
			points = append(points, m.points...)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	interval := int64(options.Interval)
	if interval == 0 {
		for i := 1; i < len(points); i++ {
			interval = gcd(interval, points[i].at-points[i-1].at)
		}
	}
	if interval == 0 && len(points) > 0 {
		return nil, notes.fail(0, "a single point does not say its period", "ambi trace FILE --interval 1m --out NEW says it, for instance")
	}
	notes.period = time.Duration(interval)
	notes.assumed = options.Interval == 0
	counts := make(list, 0, len(points))
	for i, p := range points {
		if i > 0 && p.at != points[i-1].at && p.at-points[i-1].at < interval {
			return nil, notes.fail(0, fmt.Sprintf("%s and %s are less than %s apart", moment(points[i-1].at), moment(p.at), time.Duration(interval)))
		}
		counts = append(counts, record{at: p.at, width: interval, count: int64(p.value), line: i + 1})
	}
	return &counts, nil
}

// gcd is the greatest common divisor; gcd(0, b) is b.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// newCloudWatchCSV reads what the console downloads: a row "Full label,…" and a
// row "Label,…", in which each column is a metric, perhaps others such as
// "Statistic,…", and then a time and a value a metric in each row. An empty value
// is none.
func newCloudWatchCSV(options Options, l *lines) (records, error) {
	var metrics []metric
	var statistics []string
	var chosen []bool // once the head was read
	for {
		line, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		cells, err := csv.NewReader(bytes.NewReader(line)).Read()
		if err != nil {
			if err := l.skip("is no CSV: %v", errors.Unwrap(err)); err != nil {
				return nil, err
			}
			continue
		}
		t, ok := parseTimestamp([]byte(cells[0]))
		switch name := plain([]byte(cells[0])); {
		case !ok && chosen == nil && (name == "label" || name == "fulllabel"):
			for len(metrics) < len(cells)-1 {
				metrics = append(metrics, metric{})
			}
			for i, label := range cells[1:] {
				metrics[i].names = append(metrics[i].names, label)
			}
		case !ok && chosen == nil && (name == "statistic" || name == "statistics" || name == "stat"):
			statistics = cells[1:]
		case !ok && l.notes.read == 0:
			// Another row of the head, such as periods.
		case !ok || len(cells)-1 > len(metrics):
			if err := l.skip("must be a time and %d values, got %s", len(metrics), quote(line)); err != nil {
				return nil, err
			}
		default:
			if chosen == nil {
				for i := range min(len(metrics), len(statistics)) {
					metrics[i].statistic = strings.TrimSpace(statistics[i])
				}
				if chosen, err = choose(metrics, options, l.notes); err != nil {
					return nil, err
				}
			}
			for i, cell := range cells[1:] {
				if strings.TrimSpace(cell) == "" || !chosen[i] {
					continue
				}
				n, ok := parseCount([]byte(cell))
				if !ok {
					if err := l.skip(mustBeCount, quote([]byte(cell))); err != nil {
						return nil, err
					}
					continue
				}
				l.notes.read++
				metrics[i].points = append(metrics[i].points, point{t.at, float64(n)})
			}
			if l.notes.read > maxPoints {
				return nil, l.notes.fail(l.number, fmt.Sprintf("has more than %d points", maxPoints))
			}
		}
	}
	return counted(metrics, options, l.notes)
}

// isLabelRow reports whether a row names the metrics of a console's export.
func isLabelRow(row []byte) bool {
	name, _, more := bytes.Cut(row, []byte{','})
	n := plain(name)
	return more && (n == "label" || n == "fulllabel")
}
