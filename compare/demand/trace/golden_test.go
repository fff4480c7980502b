package trace_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

var update = flag.Bool("update", false, "write the golden files")

// needs are options that some files in testdata cannot be read without.
func needs(file string) trace.Options {
	options := trace.Options{Name: filepath.Base(file), Strict: true, Spread: trace.Even}
	if strings.HasSuffix(file, "prometheus.json") {
		options.Interval = time.Minute
	}
	return options
}

// inputs are the files in testdata that are read, at least one a format.
func inputs(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/*.*")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	var files []string
	for _, file := range all {
		if !strings.HasSuffix(file, ".golden") {
			files = append(files, file)
		}
	}
	return files
}

// TestGolden reads each file, and compares with what was read of it.
func TestGolden(t *testing.T) {
	read := map[trace.Format]bool{}
	for _, file := range inputs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, format := account(t, text, needs(file))
			read[format] = true
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	for _, f := range trace.Formats() {
		if !read[f.Format] {
			t.Errorf("no file in testdata is found to be in the format %s", f.Format)
		}
	}
	goldens, _ := filepath.Glob("testdata/*.golden")
	if len(goldens) != len(inputs(t)) {
		t.Errorf("%d golden files for %d files", len(goldens), len(inputs(t)))
	}
}

// account tells all that is read of a text.
func account(t *testing.T, text []byte, options trace.Options) (string, trace.Format) {
	t.Helper()
	r, err := trace.Open(bytes.NewReader(text), options)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "format %s\n", r.Format())
	for at, ok := r.Next(); ok; at, ok = r.Next() {
		fmt.Fprintf(&b, "request at %s\n", r.Began().Add(time.Duration(at)).Format(time.RFC3339Nano))
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	fmt.Fprintf(&b, "span %s\n", r.Span())
	if period, assumed := r.Period(); period > 0 {
		fmt.Fprintf(&b, "a count is of %s, assumed %t\n", period, assumed)
	}
	if c := r.Columns(); c.Times > 0 {
		fmt.Fprintf(&b, "columns %+v\n", c)
	}
	for _, s := range r.Samples() {
		fmt.Fprintf(&b, "line %d: %s, %d\n", s.Line, s.Time.Format(time.RFC3339Nano), s.Requests)
	}
	for _, w := range r.Warnings() {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	usage, err := json.MarshalIndent(r.Usage(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "usage %s\n", usage)
	return b.String(), r.Format()
}

// TestOwnAccessLog holds that the access log is read which the emitted Lambda
// stack writes.
func TestOwnAccessLog(t *testing.T) {
	text, err := os.ReadFile("../../../templates/lambda/features/http/gateway.go.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "const accessLogLine = ")
	var line strings.Builder
	for part := range strings.Lines(rest) {
		_, part, _ = strings.Cut(part, "`")
		part, more, _ := strings.Cut(part, "`")
		line.WriteString(part)
		if !strings.Contains(more, "+") {
			break
		}
	}
	if !found || !json.Valid([]byte(line.String())) {
		t.Fatalf("no access log's line in the template: %s", line.String())
	}
	written := strings.NewReplacer("$context.requestTimeEpoch", "1772366400123", "$context.integrationLatency", "38",
		"$context.responseLatency", "41", "$context.responseLength", "512", "$context.status", "200").Replace(line.String())
	r, err := trace.Open(strings.NewReader(written+"\n"), trace.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if f := trace.Measure(r); f.Requests != 1 || r.Err() != nil || r.Began().UnixMilli() != 1772366400123 {
		t.Errorf("%d requests, from %s, %v", f.Requests, r.Began(), r.Err())
	}
	usage := r.Usage()
	if usage.Duration == nil || usage.Duration.Mean != 38*time.Millisecond || usage.Response == nil || usage.Response.Mean != 512 {
		t.Errorf("usage %+v", usage)
	}
}
