package records

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const reports = `START RequestId: 1 Version: $LATEST
REPORT RequestId: 3604209a	Duration: 100.00 ms	Billed Duration: 301 ms	Memory Size: 256 MB	Max Memory Used: 80 MB	Init Duration: 200.50 ms	
2026-03-01T00:00:01.000Z some text
REPORT RequestId: 3604209b	Duration: 50.00 ms	Billed Duration: 50 ms	Memory Size: 256 MB	Max Memory Used: 96 MB	
XRAY TraceId: 1-5e34a614
REPORT RequestId: 3604209c	Duration: 60.00 ms	Billed Duration: 60 ms	Memory Size: 256 MB	Max Memory Used: 91 MB
`

// text is a usage in short.
func text(u Usage) string {
	var list []string
	say := func(name string, d *time.Duration) {
		if d != nil {
			list = append(list, name+" "+d.String())
		}
	}
	say("duration", u.Duration)
	say("billed", u.Billed)
	if u.MemoryMB > 0 {
		list = append(list, fmt.Sprint(u.MemoryMB, " MB"))
	}
	say("cpu", u.CPUTime)
	say("start", u.StartTime)
	if u.Peak != nil {
		list = append(list, fmt.Sprint("peak ", *u.Peak>>20))
	}
	return fmt.Sprintf("%s; of %.0f", strings.Join(list, ", "), u.Invocations)
}

// read reads files, each with its role before a colon.
func read(t *testing.T, files ...string) (Usage, error) {
	t.Helper()
	var r Report
	for i, file := range files {
		role, body, _ := strings.Cut(file, ":")
		if err := r.Add(strings.NewReader(body), fmt.Sprint("file", i+1), Role(role)); err != nil {
			return Usage{}, err
		}
	}
	return r.Usage()
}

// Each format says the same as a person reads in it.
func TestFormats(t *testing.T) {
	const reportText = "duration 70ms, billed 137ms, 256 MB, start 200.5ms, peak 96; of 3"
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"lines":        {[]string{":" + reports}, reportText},
		"escaped":      {[]string{":" + `{"events": [{"message": "` + strings.NewReplacer("\t", `\t`, "\n", `\n"}, {"message": "`).Replace(reports) + `"}]}`}, reportText},
		"two files":    {[]string{":" + reports, ":" + reports}, strings.Replace(reportText, "of 3", "of 6", 1)},
		"platform":     {[]string{`:{"time": "2026-03-01T00:00:00Z", "type": "platform.report", "record": {"requestId": "1", "metrics": {"durationMs": 12.5, "billedDurationMs": 13, "memorySizeMB": 128, "maxMemoryUsedMB": 60, "initDurationMs": 90}, "status": "success"}}`}, "duration 12.5ms, billed 13ms, 128 MB, start 90ms, peak 60; of 1"},
		"insights":     {[]string{`:{"results": [[{"field": "@timestamp", "value": "2026"}, {"field": "@duration", "value": "10"}, {"field": "@memorySize", "value": "5.12E8"}, {"field": "@ptr", "value": "x"}], [{"field": "@duration", "value": "30"}, {"field": "@initDuration", "value": "80"}]], "statistics": {}, "status": "Complete"}`}, "duration 20ms, 512 MB, start 80ms; of 2"},
		"means":        {[]string{`:{"results": [[{"field": "bin(1h)", "value": "2026"}, {"field": "avg(@duration)", "value": "10"}, {"field": "count(*)", "value": "300"}], [{"field": "avg(@duration)", "value": "50"}, {"field": "count(*)", "value": "100"}]], "status": "Complete"}`}, "duration 20ms; of 400"},
		"insights csv": {[]string{":@timestamp,@duration,@billedDuration,@maxMemoryUsed\n2026-03-01 00:00:00.000,10,11,64000000\n2026-03-01 00:00:01.000,20,20,\n"}, "duration 15ms, billed 15.5ms, peak 64; of 2"},
		"messages":     {[]string{":@timestamp,@message\n2026," + strings.Split(reports, "\n")[1] + "\n"}, "duration 100ms, billed 301ms, 256 MB, start 200.5ms, peak 80; of 1"},
		"metrics":      {[]string{`:{"MetricDataResults": [{"Id": "d", "Label": "Duration", "Timestamps": ["2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z"], "Values": [10, 40]}, {"Id": "i", "Label": "Invocations", "Timestamps": ["2026-03-01T00:01:00Z", "2026-03-01T00:00:00Z"], "Values": [100, 200]}]}`}, "duration 20ms; of 300"},
		"sums":         {[]string{`:{"MetricDataResults": [{"Id": "durationSum", "Label": "Duration", "Timestamps": [1, 2], "Values": [2000, 4000]}, {"Id": "i", "Label": "Invocations", "Timestamps": [1, 2], "Values": [200, 100]}]}`}, "duration 20ms; of 300"},
		"insights cpu": {[]string{`:{"MetricDataResults": [{"Id": "c", "Label": "cpu_total_time", "Timestamps": [1], "Values": [8]}, {"Id": "u", "Label": "used_memory_max", "Timestamps": [1], "Values": [70]}, {"Id": "t", "Label": "total_memory", "Timestamps": [1], "Values": [256]}, {"Id": "d", "Label": "Duration", "Timestamps": [1], "Values": [30]}, {"Id": "i", "Label": "Invocations", "Timestamps": [1], "Values": [10]}]}`}, "duration 30ms, 256 MB, cpu 8ms, peak 70; of 10"},
		"statistics":   {[]string{`:{"Label": "Duration", "Datapoints": [{"Timestamp": "2026-03-01T00:00:00Z", "Average": 10, "SampleCount": 3}, {"Timestamp": "2026-03-01T00:01:00Z", "Sum": 30, "SampleCount": 1}]}`}, "duration 15ms; of 4"},
		"rates": {[]string{
			`cpu:{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"pod": "a"}, "values": [[60, "0.1"], [120, "0.2"], [180, "9"]]}, {"metric": {"pod": "b"}, "values": [[60, "0.1"], [120, "0.2"]]}]}}`,
			`requests:{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[60, "20"], [120, "40"], [240, "1"]]}]}}`,
		}, "cpu 10ms; of 0"},
		"counters": {[]string{
			`requests:{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"__name__": "http_requests_total"}, "values": [[60, "1000"], [120, "1100"], [180, "20"]]}]}}`,
			`cpu:{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"__name__": "container_cpu_usage_seconds_total"}, "values": [[60, "50"], [120, "51"], [180, "0.2"]]}]}}`,
		}, "cpu 10ms; of 0"},
	} {
		u, err := read(t, c.files...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := text(u); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s\n%v", name, got, c.want, u.Distrust)
		}
	}
}

// What cannot be a figure is refused, and says what to do.
func TestRefused(t *testing.T) {
	for file, want := range map[string]string{
		":hello\n": "file1: has no record in it that is known",
		":" + reports + strings.ReplaceAll(reports, "256 MB", "512 MB"):                                                 "different memory: 256 512 MB",
		`:{"status": "success", "data": {"resultType": "matrix", "result": []}}`:                                        "--report cpu=file1",
		`cpu:{"status": "error", "error": "too much", "data": {}}`:                                                      "a query that failed: too much",
		`cpu:{"status": "success", "data": {"resultType": "vector", "result": []}}`:                                     "the result is a vector",
		`cpu:{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "2"]]}]}}`: "are needed both",
		`:{"MetricDataResults": [{"Id": "e", "Label": "Errors", "Timestamps": [1], "Values": [2]}]}`:                    "none of Lambda's metrics that are known, got Errors",
		`:{"results": [[{"field": "a", "value": "1"}]], "status": "Complete"}`:                                          "none of Lambda's fields",
		`:{"results": [`:                "has no record in it",
		`:{"results": [], "status": 5}`: "is no JSON of get-query-results",
	} {
		_, err := read(t, file)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", file, err, want)
		}
	}
}

// Whatever a file holds, it is read or refused, and a figure that comes of it is possible.
func FuzzReport(f *testing.F) {
	f.Add([]byte(reports), "")
	f.Add([]byte(`{"results": [[{"field": "@duration", "value": "10"}]], "status": "Complete"}`), "")
	f.Add([]byte("@timestamp,@duration\n2026,5\n"), "")
	f.Add([]byte(`{"MetricDataResults": [{"Id": "d", "Label": "Duration", "Timestamps": [1], "Values": [10]}]}`), "")
	f.Add([]byte(`{"Label": "Duration", "Datapoints": [{"Timestamp": 1, "Average": 10}]}`), "")
	f.Add([]byte(`{"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "2"]]}]}}`), "cpu")
	f.Add([]byte(`{"type": "platform.report", "record": {"metrics": {"durationMs": 1}}}`), "")
	f.Fuzz(func(t *testing.T, file []byte, role string) {
		var r Report
		if r.Add(strings.NewReader(string(file)), "file", Role(role)) != nil {
			return
		}
		if role == string(CPU) && r.Add(strings.NewReader(string(file)), "other", Requests) != nil {
			return
		}
		u, err := r.Usage()
		if err != nil {
			return
		}
		for name, d := range map[string]*time.Duration{"duration": u.Duration, "billed": u.Billed, "cpu": u.CPUTime, "start": u.StartTime, "p50": u.P50, "p99": u.P99} {
			if d != nil && *d < 0 {
				t.Errorf("%s is %s", name, d)
			}
		}
		if u.Duration == nil && u.CPUTime == nil && u.StartTime == nil {
			t.Error("a usage without a figure")
		}
	})
}
