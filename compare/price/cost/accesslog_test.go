package cost

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestAccessLogBytes fills in the line that the stack has the API log.
func TestAccessLogBytes(t *testing.T) {
	text, err := os.ReadFile("../../../templates/lambda/features/http/gateway.go.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "const accessLogLine = ")
	declared, _, ended := strings.Cut(rest, "\n{{")
	if !found || !ended {
		t.Fatal("the template declares no access log")
	}
	line := ""
	for _, part := range regexp.MustCompile("`[^`]*`").FindAllString(declared, -1) {
		line += strings.Trim(part, "`")
	}
	values := map[string]string{
		"requestId": "JKJaXmPLvHcESHA=", "requestTimeEpoch": "1772358000000", "identity.sourceIp": "203.0.113.24", "routeKey": "POST /thumbnails",
		"path": "/thumbnails", "status": "200", "responseLength": "4096", "responseLatency": "52", "integrationLatency": "50",
		"error.message": "-", "integrationErrorMessage": "-",
	}
	filled := regexp.MustCompile(`\$context\.([A-Za-z.]+)`).ReplaceAllStringFunc(line, func(name string) string {
		value, ok := values[strings.TrimPrefix(name, "$context.")]
		if !ok {
			t.Errorf("the line has %s, of which no example is known", name)
		}
		return value
	})
	if got := len(filled) + eventBytes; got != AccessLogBytes {
		t.Errorf("%d bytes, and %d are priced: %s", got, AccessLogBytes, filled)
	}
}
