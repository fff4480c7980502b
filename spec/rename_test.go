package spec_test

import (
	"testing"

	"ambi/spec"
)

// A key is renamed wherever it stands, and nothing else changes.
func TestRename(t *testing.T) {
	for _, c := range []struct{ src, path, want string }{
		{"usage:\n  duration: 40ms # guessed\n", "usage.duration", "usage:\n  reportDuration: 40ms # guessed\n"},
		{"\uFEFFusage: {requests: 1/s, duration: 40ms}\r\n", "usage.duration", "\uFEFFusage: {requests: 1/s, reportDuration: 40ms}\r\n"},
		{"usage: {\"duration\": 40ms}\n", "usage.duration", ""},
		{"usage: &u {duration: 40ms}\n", "usage.duration", ""},
		{"usage: {}\n", "usage.duration", ""},
		{"usage: 3\n", "usage.duration", ""},
	} {
		got, err := spec.Rename([]byte(c.src), c.path, "reportDuration")
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %q, %v", c.src, got, err)
		}
	}
}
