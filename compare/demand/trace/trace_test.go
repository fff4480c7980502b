package trace_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand/trace"
	"ambi/internal/problem"
)

// read reads a whole trace.
func read(t *testing.T, text string, options trace.Options) (*trace.Reader, []int64, error) {
	t.Helper()
	r, err := trace.Open(strings.NewReader(text), options)
	if err != nil {
		return nil, nil, err
	}
	var all []int64
	for at, ok := r.Next(); ok; at, ok = r.Next() {
		all = append(all, at)
	}
	return r, all, r.Err()
}

// seconds are moments in whole seconds, rounded down.
func seconds(moments []int64) []int64 {
	var all []int64
	for _, at := range moments {
		all = append(all, at/int64(time.Second))
	}
	return all
}

func TestFormats(t *testing.T) {
	azure := "HashOwner,HashApp,HashFunction,Trigger,1,2,3\no1,a1,f1,http,2,0,1\no1,a1,f2,timer,1,1,1\n"
	results := `{"MetricDataResults": [{"Id": "m1", "Label": "Invocations", "StatusCode": "Complete",
		"Timestamps": ["2026-03-01T00:02:00+00:00", "2026-03-01T00:01:00+00:00", "2026-03-01T00:00:00+00:00"], "Values": [1.0, 0.0, 2.0]}]}`
	cases := map[string]struct {
		text    string
		options trace.Options
		format  trace.Format
		want    []int64 // seconds
		span    time.Duration
	}{
		"RFC 3339":          {"2026-03-01T00:00:00.5Z\n2026-03-01T01:00:02.75+01:00\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2250 * time.Millisecond},
		"whole seconds":     {"2026-03-01T00:00:00Z\n2026-03-01 00:00:00\n2026/03/01 00:00:03\n", trace.Options{}, trace.Timestamps, []int64{0, 0, 3}, 4 * time.Second},
		"epoch seconds":     {"1772366400\r\n1772366402\r\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 3 * time.Second},
		"epoch fractions":   {"1772366400.25\n1772366402.5\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2250 * time.Millisecond},
		"milliseconds":      {"1772366400000\n1772366402500\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2500 * time.Millisecond},
		"microseconds":      {"1772366400000000\n1772366402500000\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2500 * time.Millisecond},
		"nanoseconds":       {"1772366400000000000\n1772366402500000001\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2500000001},
		"no date":           {"0.5\n1.25\n3.5\n", trace.Options{}, trace.Timestamps, []int64{0, 0, 3}, 3 * time.Second},
		"comments, BOM":     {"\xef\xbb\xbf# made by hand\n\n1772366400.0\n  \n1772366401.0", trace.Options{}, trace.Timestamps, []int64{0, 1}, time.Second},
		"header":            {"id,TIMESTAMP,tokens\na,2023-11-16 18:17:03.9799600,4808\nb,2023-11-16 18:17:05.0319600,3180\n", trace.Options{}, trace.CSV, []int64{0, 1}, 1052 * time.Millisecond},
		"columns, no names": {"1772366400.5,POST,200\n1772366403.5,GET,404\n", trace.Options{}, trace.CSV, []int64{0, 3}, 3 * time.Second},
		"counts":            {"2026-03-01T00:00:00Z,2\n2026-03-01T00:01:00Z,0\n2026-03-01T00:02:00Z,1\n", trace.Options{Spread: trace.Even}, trace.CSV, []int64{15, 45, 150}, 3 * time.Minute},
		"named counts":      {"Requests;Time\n2;2026-03-01T00:00Z\n1.0;2026-03-01T00:01Z\n", trace.Options{Spread: trace.Even}, trace.CSV, []int64{15, 45, 90}, 2 * time.Minute},
		"left out minutes":  {"60,2\n120,2\n600,1\n", trace.Options{Spread: trace.Even}, trace.CSV, []int64{15, 45, 75, 105, 570}, 10 * time.Minute},
		"a minute twice":    {"60,1\n60,1\n120,1\n", trace.Options{Spread: trace.Even}, trace.CSV, []int64{15, 45, 90}, 2 * time.Minute},
		"given interval":    {"600,2\n", trace.Options{Spread: trace.Even, Interval: 10 * time.Second}, trace.CSV, []int64{2, 7}, 10 * time.Second},
		"only timestamps":   {"1772366400,200\n1772366401,404\n", trace.Options{Format: trace.Timestamps}, trace.Timestamps, []int64{0, 1}, 2 * time.Second},
		"azure":             {azure, trace.Options{Spread: trace.Even}, trace.AzureFunctions, []int64{10, 30, 50, 90, 135, 165}, 3 * time.Minute},
		"azure function":    {azure, trace.Options{Spread: trace.Even, Series: []string{"f1"}}, trace.AzureFunctions, []int64{15, 45, 150}, 3 * time.Minute},
		"access log": {`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326
::1 - - [10/Oct/2000:20:55:38 +0000] "GET /[x] HTTP/1.1" 200 5 "http://a/" "curl [8] \"q\""
`, trace.Options{}, trace.AccessLog, []int64{0, 2}, 3 * time.Second},
		"a stretch":         {trace.Header(time.Unix(60, 0), time.Minute) + "90.5\n# 70\n100.5\n", trace.Options{}, trace.Timestamps, []int64{30, 40}, time.Minute},
		"a stretch, BOM":    {"\xef\xbb\xbf# ambi trace from 60 to 120\r\n90\n120\n", trace.Options{Spread: trace.Even}, trace.Timestamps, []int64{30, 60}, time.Minute},
		"counts, a stretch": {"# ambi trace from 1970-01-01T00:00:00Z to 1970-01-01T00:02:30Z\n60,2\n120,2\n", trace.Options{Spread: trace.Even}, trace.CSV, []int64{75, 105, 127, 142}, 150 * time.Second},
		"a later stretch":   {"# made\n# ambi trace from 60 to 120\n1.5\n3.5\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2 * time.Second},
		"no stretch":        {"# ambi trace of a Monday\n1.5\n3.5\n", trace.Options{}, trace.Timestamps, []int64{0, 2}, 2 * time.Second},
		"matching lines": {`h - - [10/Oct/2000:13:55:36 -0700] "GET /healthz HTTP/1.0" 200 2
h - - [10/Oct/2000:13:55:37 -0700] "POST / HTTP/1.0" 200 2
`, trace.Options{Match: regexp.MustCompile("POST")}, trace.AccessLog, []int64{0}, time.Second},
		"metric data":       {results, trace.Options{Spread: trace.Even}, trace.CloudWatchJSON, []int64{15, 45, 150}, 3 * time.Minute},
		"two pages":         {results + strings.ReplaceAll(results, "T00:", "T01:"), trace.Options{Spread: trace.Even}, trace.CloudWatchJSON, []int64{15, 45, 150, 3615, 3645, 3750}, 63 * time.Minute},
		"metric statistics": {`{"Label": "Invocations", "Datapoints": [{"Timestamp": "2026-03-01T00:05:00Z", "Sum": 1.0, "Unit": "Count"}, {"Timestamp": "2026-03-01T00:00:00Z", "Sum": 2.0, "Unit": "Count"}]}`, trace.Options{Spread: trace.Even}, trace.CloudWatchJSON, []int64{75, 225, 450}, 10 * time.Minute},
		"sample counts":     {`{"Label": "Duration", "Datapoints": [{"Timestamp": 1772366400.0, "SampleCount": 2.0}, {"Timestamp": 1772366460.0, "SampleCount": 0.0}]}`, trace.Options{Spread: trace.Even}, trace.CloudWatchJSON, []int64{15, 45}, 2 * time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.options.Strict = true
			r, moments, err := read(t, c.text, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if r.Format() != c.format || !slices.Equal(seconds(moments), c.want) || r.Span() != c.span {
				t.Errorf("%s: %v over %s, want %s: %v over %s", r.Format(), seconds(moments), r.Span(), c.format, c.want, c.span)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		text    string
		options trace.Options
		format  trace.Format
		want    trace.Columns
	}{
		{"60\n120\n", trace.Options{}, trace.Timestamps, trace.Columns{Times: 1}},
		{"time\n60\n120\n", trace.Options{Sort: true}, trace.Timestamps, trace.Columns{Times: 1}},
		{"60\n120\n", trace.Options{Format: trace.CSV}, trace.CSV, trace.Columns{Times: 1}},
		{"60,GET\n120,POST\n", trace.Options{}, trace.CSV, trace.Columns{Times: 1}},
		{"60,2\n120,1\n", trace.Options{Sort: true}, trace.CSV, trace.Columns{Times: 1, Counts: 2}},
		{"id;requests;time\na;2;60\na;3;120\n", trace.Options{}, trace.CSV, trace.Columns{Times: 3, Counts: 2}},
		{"id;requests;time\na;2;60\na;3;120\n", trace.Options{Format: trace.Timestamps}, trace.Timestamps, trace.Columns{Times: 3}},
		{"my export\n60,2\n120,1\n", trace.Options{Match: regexp.MustCompile("^[0-9]")}, trace.CSV, trace.Columns{Times: 1, Counts: 2}},
		{"Label,a\n2026/03/01 00:00:00,2\n2026/03/01 00:01:00,2\n", trace.Options{}, trace.CloudWatchCSV, trace.Columns{}},
	} {
		r, _, err := read(t, c.text, c.options)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if r.Format() != c.format || r.Columns() != c.want {
			t.Errorf("%q: %s %+v, want %s %+v", c.text, r.Format(), r.Columns(), c.format, c.want)
		}
	}
}

// Of several pages, the last one says whether there is more.
func TestIncompleteMetricData(t *testing.T) {
	page := func(hour int, status, token string) string {
		return fmt.Sprintf(`{"MetricDataResults": [{"Id": "m1", "Label": "Calls", "StatusCode": %q,
			"Timestamps": ["2026-03-01T%02d:00:00Z", "2026-03-01T%02d:01:00Z"], "Values": [1, 2]}], "NextToken": %q}`, status, hour, hour, token)
	}
	const partial = "is not complete: Calls has the StatusCode PartialData"
	const more = "is not complete: it ends with a NextToken, and the page that this one asks for is missing"
	for text, want := range map[string][]string{
		page(0, "Complete", ""):                                   nil,
		page(0, "PartialData", "t") + page(1, "Complete", ""):     nil,
		page(0, "PartialData", ""):                                {partial},
		page(0, "Complete", "t"):                                  {more},
		page(0, "Complete", "t") + page(1, "PartialData", "more"): {more, partial},
	} {
		r, _, err := read(t, text, trace.Options{Strict: true})
		if err != nil || !slices.Equal(r.Warnings(), want) {
			t.Errorf("%s: %v, %v", text, r, err)
		}
	}
}

func TestConsoleCSV(t *testing.T) {
	const text = `Full label,"api, prod",Errors
Label,Invocations,Errors
Period,60,60
2026/03/01 00:00:00,2,0
2026/03/01 00:01:00,,
2026/03/01 00:02:00,1,1
2026/03/01 00:03:00,0,1
`
	for _, series := range []string{"Invocations", "api, prod"} {
		r, moments, err := read(t, text, trace.Options{Strict: true, Spread: trace.Even, Series: []string{series}})
		if err != nil || r.Format() != trace.CloudWatchCSV || !slices.Equal(seconds(moments), []int64{15, 45, 150}) {
			t.Errorf("%s: %v %v", series, seconds(moments), err)
		}
	}
	_, _, err := read(t, text, trace.Options{})
	if err == nil || !strings.Contains(err.Error(), `hint: ambi trace FILE --series NAME --out NEW takes one or more of "Invocations", "Errors"`) {
		t.Errorf("got %v", err)
	}
}

// The statistic of a column that is not asked for does not matter, and neither
// do its values.
func TestConsoleStatistics(t *testing.T) {
	const statistic, labels, rows = "Statistic,Sum,Average,Sample count,p99\n", "Label,Invocations,Duration,Samples,Late\n",
		"2026/03/01 00:00:00,2,35.5,1,7\n2026/03/01 00:01:00,1,40,1,9\n"
	for _, head := range []string{statistic + labels, labels + statistic, labels + statistic + "Period,60,60,60,60\n"} {
		for series, want := range map[string][]int64{"Invocations": {15, 45, 90}, "Samples": {30, 90}} {
			_, moments, err := read(t, head+rows, trace.Options{Strict: true, Spread: trace.Even, Series: []string{series}})
			if err != nil || !slices.Equal(seconds(moments), want) {
				t.Errorf("%q, %s: %v %v", head, series, seconds(moments), err)
			}
		}
		_, _, err := read(t, head+rows, trace.Options{Name: "t", Series: []string{"Invocations", "Duration", "Late"}})
		const want = "t: Duration has the statistic Average, which does not count requests\n" +
			"t: Late has the statistic p99, which does not count requests\nhint: the statistic must be Sum, or SampleCount"
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v", head, err)
		}
	}
	// Labels that come again amid the rows are no head.
	if _, _, err := read(t, labels+rows+"Label,a,b,c,d,e\n2026/03/01 00:02:00,1,1,1,1,1\n", trace.Options{Strict: true, Series: []string{"Invocations"}}); err == nil ||
		!strings.Contains(err.Error(), "must be a time and 4 values") {
		t.Errorf("labels amid rows: %v", err)
	}
}

// A log whose first line is damaged is still read as a log.
func TestDamagedFirstLineOfALog(t *testing.T) {
	text := "half a li\n" + strings.Repeat(`192.0.2.1 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 1`+"\n", 12)
	r, moments, err := read(t, text, trace.Options{})
	if err != nil || r.Format() != trace.AccessLog || len(moments) != 12 {
		t.Errorf("%v %v", moments, err)
	}
}

func TestErrors(t *testing.T) {
	cases := map[string]struct {
		text    string
		options trace.Options
		want    string
	}{
		"empty":            {"\n# nothing\n", trace.Options{}, "t: has no request in it"},
		"only zeros":       {"60,0\n120,0\n", trace.Options{}, "t: has no request in it"},
		"unsorted":         {"10.5\n12.5\n11.5\n", trace.Options{}, "t:3: 11.5s is before 12.5s, the time of line 2\nhint: ambi trace FILE --sort --out NEW sorts them"},
		"not a trace":      {"hello\nworld\n", trace.Options{}, "t:1: is in none of the formats that can be read, got \"hello\"\nhint: these can be read: cloudwatch-json, logs-insights, prometheus, k6, vegeta, json-lines, alb, envoy, haproxy, cloudfront, w3c, access-log, azure-functions, cloudwatch-csv, timestamps and csv\nhint: a table needs a header that names a column timestamp, time or date, or --time-column\nhint: --format names a format that was not found out"},
		"strict":           {"1.5\nx\n2.5\n-1\n", trace.Options{Strict: true}, "t:2: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"x\"\nt:4: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"-1\""},
		"too many":         {"1.5\nx\n2.5\n", trace.Options{}, "t:2: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"x\"\nt: 1 of 3 lines cannot be read, more than a tenth\nhint: where the format was found out wrongly, ambi trace FILE --format FORMAT --out NEW names it"},
		"no such day":      {"2026-02-29T00:00:00Z\n", trace.Options{Strict: true}, "t:1: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"2026-02-29T00:00:00Z\""},
		"half a count":     {"60,1\n120,1.5\n180,1\n", trace.Options{Strict: true}, "t:2: must be a whole number of requests, got \"1.5\""},
		"one count":        {"60,1\n", trace.Options{}, "t:1: one timestamp with a count does not say which interval it counts\nhint: ambi trace FILE --interval 1m --out NEW says it, for instance"},
		"closer":           {"60,1\n180,1\n240,1\n", trace.Options{}, "t:3: is 1m0s after the count before it, and the first two are 2m0s apart\nhint: ambi trace FILE --interval 1m0s --out NEW says what a count is of"},
		"closer, given":    {"60,1\n120,1\n", trace.Options{Interval: 2 * time.Minute}, "t:2: is 1m0s after the count before it, and a count is of 2m0s\nhint: ambi trace FILE --interval 1m0s --out NEW says another one"},
		"one point":        {`{"Label": "I", "Datapoints": [{"Timestamp": "2026-03-01T00:05:00Z", "Sum": 1.0}]}`, trace.Options{}, "t: a single point does not say its period\nhint: ambi trace FILE --interval 1m --out NEW says it, for instance"},
		"series":           {"60\n", trace.Options{Series: []string{"a"}}, "t: has one series of requests, and --series picks one of several (read as timestamps)"},
		"azure row":        {"HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1\n", trace.Options{Strict: true}, "t:2: must have 6 columns, got 5"},
		"azure name":       {"HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http,1\n", trace.Options{Series: []string{"g"}}, "t: has no owner, app, function or trigger \"g\""},
		"log":              {"h - - [10/Oct/2000:13:55:36 -0700] \"GET /\" 200 2\nh - - [31/Feb/2000:13:55:36 -0700] \"GET /\" 200 2\n", trace.Options{Strict: true}, "t:2: must have a time such as [10/Oct/2000:13:55:36 -0700] and then a request in quotes, got \"h - - [31/Feb/2000:13:55:36 -0700] \\\"GET /\\\" 200 2\""},
		"averages":         {`{"Label": "Duration", "Datapoints": [{"Timestamp": "2026-03-01T00:00:00Z", "Average": 2.0}]}`, trace.Options{}, "t: Duration has neither Sum nor SampleCount\nhint: ask for them: --statistics Sum"},
		"fractions":        {`{"MetricDataResults": [{"Id": "m", "Label": "Errors", "Timestamps": [1772366400], "Values": [0.5]}]}`, trace.Options{}, "t: Errors at 2026-03-01T12:00:00Z: must be a whole number of requests, got 0.5\nhint: the statistic must be Sum, or SampleCount"},
		"other JSON":       {`{"a": 1}`, trace.Options{}, "t:1: has no key that is known as a time, got \"{\\\"a\\\": 1}\"\nhint: ambi trace FILE --time-column NAME --out NEW says which one is; time, ts, timestamp, @timestamp and date are known, with a time since 1970 or as RFC 3339"},
		"no points":        {`{"Label":"x","Datapoints":[]}`, trace.Options{Series: []string{"x"}}, "t: has no request in it"},
		"no results":       {`{"MetricDataResults": []}`, trace.Options{}, "t: has no request in it"},
		"null":             {`{"Label":"x","Datapoints":null}`, trace.Options{}, "t: has neither MetricDataResults nor Datapoints\nhint: aws cloudwatch get-metric-data and get-metric-statistics print them"},
		"broken JSON":      {`{"Label": `, trace.Options{Format: trace.CloudWatchJSON}, "t: is no JSON of CloudWatch: unexpected EOF"},
		"broken gzip":      {"\x1f\x8bnonsense", trace.Options{}, "t: is gzipped, and damaged: gzip: invalid header"},
		"several":          {`{"MetricDataResults": [{"Id": "a", "Label": "A", "Timestamps": [1], "Values": [1]}, {"Id": "b", "Label": "B", "Timestamps": [1], "Values": [1]}]}`, trace.Options{}, "t: has several metrics\nhint: ambi trace FILE --series NAME --out NEW takes one or more of \"A\", \"B\""},
		"unknown":          {"1\n", trace.Options{Format: "xml"}, "format: must be cloudwatch-json, logs-insights, prometheus, k6, vegeta, json-lines, alb, envoy, haproxy, cloudfront, w3c, access-log, azure-functions, cloudwatch-csv, timestamps or csv, got \"xml\""},
		"a long line":      {"1.5\n" + strings.Repeat("9", 2<<20) + "\n", trace.Options{}, "t:2: a line must be at most 1048576 bytes long"},
		"half a stretch":   {"# ambi trace from 60\n90.5\n", trace.Options{}, "t:1: must be \"# ambi trace from 2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z\" and two timestamps, got \"60\"\nhint: without this line, the trace is as long as from its first request to its last"},
		"a turned stretch": {"# ambi trace from 60 to 50\n90.5\n", trace.Options{}, "t:1: must not end before it begins, got 60s to 50s"},
		"before":           {"# ambi trace from 60 to 120\n50.5\n", trace.Options{}, "t:2: 50.5s is before 60s, where line 1 says that the trace begins"},
		"after":            {"# ambi trace from 60 to 120\n90.5\n120.5\n", trace.Options{}, "t:3: 120.5s is after 120s, where line 1 says that the trace ends"},
		"only a stretch":   {"# ambi trace from 60 to 120\n", trace.Options{}, "t: has no request in it"},
		"a late second":    {"9190000001\n", trace.Options{Strict: true}, "t:1: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"9190000001\""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.options.Name = "t"
			_, _, err := read(t, c.text, c.options)
			if err == nil || err.Error() != c.want {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestSkippedLines(t *testing.T) {
	text := strings.Repeat("1.5\n", 30) + "nonsense\n" + strings.Repeat("2.5\n", 30)
	r, moments, err := read(t, text, trace.Options{})
	if err != nil || len(moments) != 60 {
		t.Fatalf("%d requests, %v", len(moments), err)
	}
	const want = "skipped line 31: must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400, got \"nonsense\"\nskipped 1 of 61 lines"
	if got := r.Skipped().String(); got != want {
		t.Errorf("got %s", got)
	}
	// A long text that is something else ends early.
	forever := io.MultiReader(strings.NewReader("1.5\n"), &repeat{text: "nonsense\n"})
	r, err = trace.Open(forever, trace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Next(); ok || r.Err() == nil {
		t.Errorf("got %v", r.Err())
	}
}

func TestSort(t *testing.T) {
	_, moments, err := read(t, "12.5\n10.5\n11.5\n", trace.Options{Sort: true})
	if err != nil || !slices.Equal(moments, []int64{0, 1e9, 2e9}) {
		t.Errorf("%v %v", moments, err)
	}
	_, moments, err = read(t, "180,1\n120,1\n60,1\n", trace.Options{Sort: true, Spread: trace.Even})
	if err != nil || !slices.Equal(seconds(moments), []int64{30, 90, 150}) {
		t.Errorf("%v %v", moments, err)
	}
}

func TestGzip(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, "1.5\n3.5\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, moments, err := read(t, packed.String(), trace.Options{})
	if err != nil || !slices.Equal(moments, []int64{0, 2e9}) {
		t.Errorf("%v %v", moments, err)
	}
	_, _, err = read(t, packed.String()[:packed.Len()-6], trace.Options{Name: "t"})
	if problem.All(err).Kind() != problem.Invalid {
		t.Errorf("a cut file: got %v", err)
	}
}

// TestReadErrorsCarryOver tells faults of the disk from faults of the text.
func TestReadErrorsCarryOver(t *testing.T) {
	broken := errors.New("input/output error")
	r, err := trace.Open(io.MultiReader(strings.NewReader("1.5\n"), &failing{broken}), trace.Options{Format: trace.CSV})
	for ok := err == nil; ok; {
		_, ok = r.Next()
		err = r.Err()
	}
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// repeat is a text that goes on and on, up to a number of times.
type repeat struct {
	text  string
	times int // 0 is a million
	done  int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.times == 0 {
		r.times = 1e6
	}
	n := 0
	for r.done < r.times && n+len(r.text) <= len(p) {
		n += copy(p[n:], r.text)
		r.done++
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// TestMemoryDoesNotGrow reads traces of very different lengths.
func TestMemoryDoesNotGrow(t *testing.T) {
	used := func(times int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := trace.Open(&repeat{text: "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2\n", times: times}, trace.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if f := trace.Measure(r); f.Requests != int64(times) {
			t.Fatal(f.Requests, r.Err())
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	short, long := used(1000), used(1_000_000)
	if long > short+short/4 {
		t.Errorf("a million lines allocate %d bytes, a thousand %d", long, short)
	}
}

// azure is the trace that AMBI_DATA has.
func azure(t *testing.T) *os.File {
	t.Helper()
	dir := os.Getenv("AMBI_DATA")
	if dir == "" {
		t.Skip("AMBI_DATA names no folder with trace-azure-code.csv: AzureLLMInferenceTrace_code.csv of github.com/Azure/AzurePublicDataset")
	}
	file, err := os.Open(filepath.Join(dir, "trace-azure-code.csv"))
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// TestAzureTrace holds the figures that are known of a real trace.
func TestAzureTrace(t *testing.T) {
	r, err := trace.Open(azure(t), trace.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	f := trace.Measure(r)
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	if f.Requests != 8819 || f.Span.Round(time.Second) != 3436*time.Second || f.Second.Peak != 67 || f.Minute.Peak != 632 {
		t.Errorf("%d requests in %s, at most %d a second and %d a minute", f.Requests, f.Span, f.Second.Peak, f.Minute.Peak)
	}
	if d := *f.Second.Dispersion; d < 13.1864 || d > 13.1865 { // 13.18643, computed apart
		t.Errorf("index of dispersion %v", d)
	}
	if want := time.Date(2023, 11, 16, 18, 17, 3, 979960000, time.UTC); !r.Began().Equal(want) {
		t.Errorf("began %s", r.Began())
	}
}
