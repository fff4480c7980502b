package trace_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

// TestNothingIsGuessed reads shapes that invite a wrong guess: the right number of
// requests comes out, or a question.
func TestNothingIsGuessed(t *testing.T) {
	var locust strings.Builder
	locust.WriteString("Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,95%,Total Request Count,Total Failure Count\n")
	for i := range 60 {
		fmt.Fprintf(&locust, "%d,10,,Aggregated,100.5,0,10,20,%d,0\n", 1772366400+i, 1000+100*i)
	}
	headless := locust.String()[strings.Index(locust.String(), "\n")+1:]
	const python = "2026-03-01 12:00:00,004\n2026-03-01 12:00:01,900\n"
	cases := map[string]struct {
		text    string
		options trace.Options
		want    int    // requests; 0 is an error
		says    string // a part of the error
	}{
		"comma before milliseconds":        {python, trace.Options{}, 0, "milliseconds or a count of requests\nhint: ambi trace FILE --count-column 2 --out NEW counts by that column, and --count-column none takes each row for a request"},
		"the same, answered":               {python, trace.Options{CountColumn: trace.None}, 2, ""},
		"the same, the other answer":       {python, trace.Options{CountColumn: "2"}, 904, ""},
		"the same, only times":             {python, trace.Options{Format: trace.Timestamps}, 2, ""},
		"comma, then words":                {"2026-03-01 12:00:00,004 INFO a, b\n2026-03-01 12:00:01,900 INFO c\n", trace.Options{}, 2, ""},
		"a column named for its service":   {"Time,checkout\n2026-03-01 12:00:00,120\n2026-03-01 12:01:00,240\n", trace.Options{}, 0, "whether one of these columns counts requests: 2 (checkout)"},
		"the same, answered ":              {"Time,checkout\n2026-03-01 12:00:00,120\n2026-03-01 12:01:00,240\n", trace.Options{CountColumn: "checkout"}, 360, ""},
		"k6":                               {"metric_name,timestamp,metric_value\nhttp_reqs,1772366400,1\nhttp_req_duration,1772366400,120\nhttp_req_waiting,1772366400,119\nhttp_reqs,1772366460,1\nhttp_req_duration,1772366460,80\nhttp_req_waiting,1772366460,79\n", trace.Options{}, 2, ""},
		"Locust":                           {locust.String(), trace.Options{}, 0, "totals since the test began"},
		"Locust without its header":        {headless, trace.Options{}, 0, "whether a row is a request, or whether one of these columns counts requests: 2 (10)"},
		"byte order mark before JSON":      {"\xef\xbb\xbf" + `{"Label": "I", "Datapoints": [{"Timestamp": "2026-03-01T00:05:00Z", "Sum": 3.0}, {"Timestamp": "2026-03-01T00:06:00Z", "Sum": 1.0}]}`, trace.Options{}, 4, ""},
		"UTF-16":                           {"\xff\xfe1\x002\x00\n\x00", trace.Options{}, 0, "is in UTF-16"},
		"times and status codes":           {"1772366400,200\n1772366401,404\n1772366404,200\n", trace.Options{}, 0, "whether column 2 is a count"},
		"times of requests and durations":  {"1772366400.25,35\n1772366401.5,40\n", trace.Options{}, 0, "whether column 2 is a count"},
		"counts as documented":             {"1772366400,35\n1772366460,40\n", trace.Options{}, 75, ""},
		"a header of tokens":               {"id,TIMESTAMP,tokens\na,2023-11-16 18:17:03,4808\nb,2023-11-16 18:17:05,3180\n", trace.Options{}, 2, ""},
		"rates":                            {"time,rps\n2026-03-01T00:00Z,1.5\n2026-03-01T00:01Z,2.5\n", trace.Options{}, 0, "counts requests: 2 (rps)"},
		"two counts":                       {"time,requests,hits\n2026-03-01T00:00Z,1,2\n", trace.Options{}, 0, "several columns that can be the count: 2 (requests), 3 (hits)"},
		"two times":                        {"start,time,path\n2026-03-01T00:00:00Z,2026-03-01T00:00:09Z,/\n", trace.Options{}, 0, "several columns that can be the time: 1 (start), 2 (time)\nhint: ambi trace FILE --time-column NAME --out NEW says which one is"},
		"two times, answered":              {"start,time,path\n2026-03-01T00:00:00Z,2026-03-01T00:00:09Z,/\n", trace.Options{TimeColumn: "start"}, 1, ""},
		"a time by its number":             {"GET,x,1772366400.5\nGET,y,1772366401.5\n", trace.Options{TimeColumn: "3"}, 2, ""},
		"a time with another name":         {"when,calls\n2026-03-01T00:00Z,7\n2026-03-01T00:01Z,2\n", trace.Options{TimeColumn: "when"}, 9, ""},
		"no such column":                   {"time,calls\n2026-03-01T00:00Z,7\n", trace.Options{CountColumn: "hits"}, 0, "has no column \"hits\", which --count-column names\nhint: the columns are 1 (time), 2 (calls)"},
		"a separator in quotes":            {"path,time,count\n\"/a,b\",2026-03-01T00:00Z,3\n\"/c\",2026-03-01T00:01Z,1\n", trace.Options{}, 4, ""},
		"JSON lines with a count":          {`{"time":1772366400,"count":3}` + "\n" + `{"time":1772366460,"count":4}` + "\n", trace.Options{}, 0, "whether this key counts requests: count\nhint: ambi trace FILE --count-column count --out NEW counts by it"},
		"JSON lines with a count, counted": {`{"time":1772366400,"count":3}` + "\n" + `{"time":1772366460,"count":4}` + "\n", trace.Options{CountColumn: "count"}, 7, ""},
		"JSON lines with a count, lines":   {`{"time":1772366400,"count":3}` + "\n" + `{"time":1772366460,"count":4}` + "\n", trace.Options{CountColumn: trace.None}, 2, ""},
		"JSON lines with two times":        {`{"time":1772366400,"start_time":1772366300}` + "\n", trace.Options{}, 0, "several keys that can be the time: time, start_time"},
		"JSON lines with one time twice":   {`{"time":1772366400,"ts":1772366400.25}` + "\n", trace.Options{}, 1, ""},
		"a JSON array":                     {`[{"time":1772366400}]` + "\n", trace.Options{}, 0, "jq -c '.[]' FILE"},
		"a counter of Prometheus":          {`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"http_requests_total"},"values":[[1772366460,"1000"],[1772366520,"1010"]]}]}}`, trace.Options{Interval: time.Minute}, 0, "http_requests_total is a metric as it stands"},
		"Prometheus, of unknown time":      {`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1772366460,"10"],[1772366520,"10"]]}]}}`, trace.Options{}, 0, "does not say whether its values are counts"},
		"Prometheus, overlapping":          {`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1772366460,"10"],[1772366490,"10"]]}]}}`, trace.Options{Interval: time.Minute}, 0, "its step is 30s"},
		"Prometheus at an instant":         {`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366460,"10"]}]}}`, trace.Options{}, 0, "must be of a range query"},
		"a log with --count-column":        {`h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2` + "\n", trace.Options{CountColumn: "2"}, 0, "says itself which part is the time"},
		"W3C without a date":               {"#Fields: time cs-method\n12:00:00 GET\n", trace.Options{}, 0, "must have a date and a time"},
		"Logs Insights with another name":  {`{"results":[[{"field":"bin(1m)","value":"2026-03-01 12:00:00.000"},{"field":"x","value":"5"}]],"status":"Complete"}`, trace.Options{}, 0, "counts requests: 2 (x)"},
		"something else":                   {"hello\nworld\n", trace.Options{}, 0, "these can be read: cloudwatch-json, "},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, moments, err := read(t, c.text, c.options)
			if c.want > 0 && (err != nil || len(moments) != c.want) {
				t.Errorf("%d requests, want %d; %v", len(moments), c.want, err)
			}
			if c.want == 0 && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%d requests, want an error with %q; %v", len(moments), c.says, err)
			}
		})
	}
}

// TestUnitOfTimeTaken reads logs of the W3C format, of which some have time-taken
// in seconds and some in milliseconds.
func TestUnitOfTimeTaken(t *testing.T) {
	const fields = "#Fields: date time cs-method cs-uri time-taken\n"
	const line = "2026-03-01 12:00:00 GET / "
	for name, c := range map[string]struct {
		text string
		want time.Duration // 0 is unknown, with a warning
	}{
		"IIS":                       {"#Software: Microsoft Internet Information Services 10.0\n" + fields + line + "46\n", 46 * time.Millisecond},
		"another server":            {"#Software: Example 1.0\n" + fields + line + "2\n", 2 * time.Second},
		"decimals":                  {"#Version: 1.0\n" + fields + line + "0.046\n", 46 * time.Millisecond},
		"neither":                   {fields + line + "46\n", 0},
		"no time-taken in the line": {fields + line + "-\n", 0},
	} {
		r, err := trace.Open(strings.NewReader(c.text), trace.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, ok := r.Next(); ok; _, ok = r.Next() {
		}
		var got time.Duration
		if d := r.Usage().Duration; d != nil {
			got = d.Mean
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if warned := strings.Contains(strings.Join(r.Warnings(), "\n"), "no durations are taken from it"); warned != (name == "neither") {
			t.Errorf("%s: warnings %v", name, r.Warnings())
		}
	}
}
