package measure_test

import (
	"strings"
	"testing"

	"ambi/internal/measure"
)

// TestLinesOfRequests has the place of each fault in a file of requests.
func TestLinesOfRequests(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a\n\n# a comment\n\nGET http://example.com/\n": "x:5: must have a path",
		"GET /a\nGET b\n":                         "x:2: bad URL",
		"\n\nget /a\n":                            "x:3: bad method",
		"GET /a\nno header\n":                     "x:2: bad header",
		"POST /a\nA: b\n@no-such-file\n":          "x:3: bad body",
		"GET x:/a\nA: b\n\nGET x:/a\nA: b\n\nPUT": "x:4: must have a path",
		"GET /a\nGET /a\n\nGET":                   "x:4: bad target",
	} {
		_, err := measure.ReadRequests(strings.NewReader(text), "x", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
