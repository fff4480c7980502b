// Package records reads what a cloud has recorded of an app that runs there, for a spec's
// usage: how long requests took, the CPU time, the start, the memory.
//
//	var all records.Report
//	err := all.Add(file, "report.log", records.Detect)
//	...
//	usage, err := all.Usage()
//
// It reads REPORT lines of Lambda in any text that holds them, and as JSON; results of
// CloudWatch Logs Insights, as JSON and as CSV; metrics of Lambda and of Lambda Insights, as the
// AWS CLI prints them; and range queries of Prometheus for CPU and for requests.
//
// A duration of Lambda's is as the function's memory made it, and stays so: it goes into
// usage.reportDuration with that memory. CPU time is that of the core that the app runs on.
package records

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/internal/problem"
)

// Role says what a file of Prometheus is; other files say themselves what they are.
type Role string

// The roles.
const (
	Detect   Role = ""
	CPU      Role = "cpu"      // seconds of CPU time, or cores
	Requests Role = "requests" // requests, or requests a second
)

// Format is what a file was read as.
type Format string

// The formats.
const (
	ReportLines  Format = "report-lines"
	LogsInsights Format = "logs-insights"
	CloudWatch   Format = "cloudwatch"
	Prometheus   Format = "prometheus"
)

// maxText bounds a file, which is read into memory, but for REPORT lines.
const maxText = 256 << 20

// Report gathers files.
type Report struct {
	formats  []Format
	duration average // milliseconds
	billed   average
	start    average
	cpu      average
	memory   map[int]float64 // invocations by the function's memory in MB
	peak     float64         // MB
	lengths  *hdrhistogram.Histogram
	skipped  int
	read     int
	warnings []string

	prometheus map[Role]*rates
}

// mostMilliseconds bounds what is taken for a time.
const mostMilliseconds = 24 * 3.6e6

// average is a weighted mean of times, in milliseconds.
type average struct{ sum, weight float64 }

func (a *average) add(value, weight float64) {
	if weight > 0 && !math.IsInf(weight, 0) && value >= 0 && value <= mostMilliseconds {
		a.sum += value * weight
		a.weight += weight
	}
}

func (a average) known() bool { return a.weight > 0 }

func (a average) mean() float64 { return a.sum / a.weight }

// warn adds a warning, once.
func (r *Report) warn(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.warnings, text) {
		r.warnings = append(r.warnings, text)
	}
}

// Add reads a file. Problems name it, with the line where there is one.
func (r *Report) Add(from io.Reader, name string, role Role) error {
	if r.memory == nil {
		r.memory, r.prometheus = map[int]float64{}, map[Role]*rates{}
		r.lengths = hdrhistogram.New(1, int64(time.Hour/time.Microsecond), 3)
	}
	text := bufio.NewReaderSize(from, 64<<10)
	head, err := text.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return problem.New("cannot read %s: %w", name, err).Of(problem.Machine)
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	begin := bytes.TrimLeft(head, " \t\r\n")
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(head, []byte(w)) })
	}
	object := len(begin) > 0 && begin[0] == '{'
	format, read := ReportLines, r.reportLines
	switch {
	case role != Detect, object && has(`"resultType"`):
		format, read = Prometheus, func(t io.Reader, name string) error { return r.rangeQuery(t, name, role) }
	case object && has(`"MetricDataResults"`, `"Datapoints"`):
		format, read = CloudWatch, r.cloudWatch
	case object && has(`"results"`) && has(`"statistics"`, `"status"`):
		format, read = LogsInsights, r.insightsJSON
	case isInsightsCSV(begin):
		format, read = LogsInsights, r.insightsCSV
	}
	if !slices.Contains(r.formats, format) {
		r.formats = append(r.formats, format)
	}
	return read(text, name)
}

// row is one invocation, or a row of means over many.
type row struct {
	duration, billed, start, cpu float64 // milliseconds; NaN where it does not say
	memory, used                 float64 // MB
}

func noRow() row {
	n := math.NaN()
	return row{n, n, n, n, n, n}
}

// says reports whether a row has a figure.
func (w row) says() bool {
	return slices.ContainsFunc([]float64{w.duration, w.billed, w.start, w.cpu, w.used}, func(f float64) bool { return !math.IsNaN(f) })
}

// severalInvocations is the weight of a mean whose invocations are not known: it counts like
// one, and is no single invocation.
const severalInvocations = 1 + 1e-9

// add adds a row that stands for some invocations.
func (r *Report) add(w row, invocations float64) {
	r.read++
	r.duration.add(w.duration, invocations)
	r.billed.add(w.billed, invocations)
	r.start.add(w.start, invocations)
	r.cpu.add(w.cpu, invocations)
	if w.memory >= 1 && w.memory < 1e6 {
		r.memory[int(math.Round(w.memory))] += invocations
	}
	if w.used > r.peak && w.used < 1e6 {
		r.peak = w.used
	}
	if invocations == 1 && w.duration >= 0 && w.duration < 3.6e6 {
		_ = r.lengths.RecordValue(max(int64(w.duration*1000), 1)) // which is within its bounds
	}
}

// Usage is what the records say. Times are in nanoseconds; null is unknown.
type Usage struct {
	Formats     []Format `json:"formats"`
	Invocations float64  `json:"invocations"` // that the means are of
	// Duration is the mean, as the function's memory made it; with MemoryMB it is
	// usage.reportDuration.
	Duration *time.Duration `json:"durationNanoseconds"`
	P50      *time.Duration `json:"p50Nanoseconds"` // of single invocations
	P99      *time.Duration `json:"p99Nanoseconds"`
	Billed   *time.Duration `json:"billedNanoseconds"` // the mean
	MemoryMB int            `json:"memoryMB,omitempty"`
	CPUTime  *time.Duration `json:"cpuTimeNanoseconds"`
	// CPULow and CPUHigh are the least and the most of four parts of the time.
	CPULow    *time.Duration `json:"cpuTimeLowNanoseconds"`
	CPUHigh   *time.Duration `json:"cpuTimeHighNanoseconds"`
	StartTime *time.Duration `json:"startTimeNanoseconds"`
	Starts    float64        `json:"starts"`
	Peak      *int64         `json:"memoryPeakBytes"`
	Skipped   int            `json:"skipped"`
	Distrust  []string       `json:"distrust"`
}

// fewInvocations are too few for a mean.
const fewInvocations = 100

// Usage is what all files together say.
func (r *Report) Usage() (Usage, error) {
	u := Usage{Formats: r.formats, Skipped: r.skipped, Distrust: []string{}}
	if err := r.cpuOfRequests(&u); err != nil {
		return Usage{}, err
	}
	u.Distrust = append(u.Distrust, r.warnings...)
	if len(r.memory) > 1 {
		var sizes []int
		for size := range r.memory {
			sizes = append(sizes, size)
		}
		slices.Sort(sizes)
		return Usage{}, problem.New("are of functions with different memory: %s MB", strings.Trim(fmt.Sprint(sizes), "[]")).
			Hint("a duration depends on the memory: give the records of one function, since its memory was changed").Of(problem.Invalid)
	}
	for size := range r.memory {
		u.MemoryMB = size
	}
	of := r.duration
	if !of.known() && r.billed.known() {
		of = r.billed
		u.Distrust = append(u.Distrust, "only the billed duration is known: it is rounded up, and has the initialization of cold starts in it")
	}
	if of.known() {
		u.Duration, u.Invocations = length(of.mean()), of.weight
		if of.weight < fewInvocations {
			u.Distrust = append(u.Distrust, fmt.Sprintf("these are means of %.0f invocations only", of.weight))
		}
	}
	if n := r.lengths; n != nil && n.TotalCount() > 0 {
		u.P50, u.P99 = length(float64(n.ValueAtQuantile(50))/1000), length(float64(n.ValueAtQuantile(99))/1000)
	}
	if r.billed.known() {
		u.Billed = length(r.billed.mean())
	}
	if r.start.known() {
		u.StartTime, u.Starts = length(r.start.mean()), r.start.weight
	}
	if r.cpu.known() {
		u.CPUTime = length(r.cpu.mean())
	}
	if r.peak > 0 {
		n := int64(r.peak * (1 << 20))
		u.Peak = &n
	}
	if u.Duration == nil && u.CPUTime == nil && u.StartTime == nil {
		return Usage{}, problem.New("say nothing about the usage").Hint("REPORT lines have durations; Prometheus takes two files: cpu=FILE and requests=FILE").Of(problem.Invalid)
	}
	if u.Skipped > 0 {
		u.Distrust = append(u.Distrust, fmt.Sprintf("%d rows could not be read", u.Skipped))
	}
	return u, nil
}

// length is a duration of milliseconds.
func length(milliseconds float64) *time.Duration {
	d := time.Duration(math.Round(milliseconds * 1e6))
	return &d
}
