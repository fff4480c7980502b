package trace_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand/trace"
)

const accesses = `192.0.2.1 - - [01/Mar/2026:10:00:02 +0000] "GET /b HTTP/1.1" 200 5
192.0.2.1 - - [01/Mar/2026:10:00:00 +0000] "POST /a?x=1 HTTP/1.1" 200 5
192.0.2.1 - - [01/Mar/2026:10:00:02 +0000] "GET /c HTTP/1.1" 200 5
192.0.2.1 - - [01/Mar/2026:11:00:03 +0100] "GET /d HTTP/1.1" 200 5
`

// Requests come in order of time, those of a second spread over it.
func TestAccesses(t *testing.T) {
	all, skipped, err := trace.ReadAccesses(strings.NewReader(accesses), "log", 10)
	if err != nil || skipped != 0 {
		t.Fatal(err, skipped)
	}
	want := []trace.Access{
		{At: 0, Method: "POST", Path: "/a?x=1"},
		{At: 2 * time.Second, Method: "GET", Path: "/b"},
		{At: 2500 * time.Millisecond, Method: "GET", Path: "/c"},
		{At: 3 * time.Second, Method: "GET", Path: "/d"},
	}
	if fmt.Sprint(all) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", all, want)
	}
	for text, want := range map[string]string{
		"":    "log: has no request in it",
		"x\n": "have a time such as",
		accesses + strings.Repeat(strings.Split(accesses, "\n")[0]+"\n", 10): "log:11: has more than 10 requests",
	} {
		if _, _, err := trace.ReadAccesses(strings.NewReader(text), "log", 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// Whatever a log holds, its requests have times from 0 on, in order, and paths that can be sent.
func FuzzAccesses(f *testing.F) {
	f.Add([]byte(accesses))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, _, err := trace.ReadAccesses(strings.NewReader(string(text)), "log", 1000)
		if err != nil {
			return
		}
		last := time.Duration(0)
		for _, a := range all {
			if a.At < last || !strings.HasPrefix(a.Path, "/") || strings.Contains(a.Path, "#") || a.Method == "" {
				t.Fatalf("%+v after %s", a, last)
			}
			last = a.At
		}
	})
}
