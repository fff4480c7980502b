package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"ambi/spec"
)

// A run's input is bounded, and Lambda's scheduler replaces nothing in it.
func TestScheduleInput(t *testing.T) {
	for _, test := range []struct{ input, want string }{
		{`"` + strings.Repeat("a", 4094) + `"`, ""},
		{`"` + strings.Repeat("a", 4095) + `"`, "services.report.schedule.input: must be at most 4096 bytes, got 4097"},
		{`"<aws.scheduler.execution-id>"`, "services.report.schedule.input: must not contain <aws.scheduler.…>"},
		{`"<aws.schedule>"`, ""},
	} {
		_, err := spec.Parse("app.yaml", fmt.Appendf(nil, `apiVersion: ambi/v1
name: shop
services:
  report:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    schedule: {cron: "0 6 * * *", input: '%s'}
`, test.input))
		if got := fmt.Sprint(err); test.want == "" && err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%.40s of %d bytes: got %v, want %q", test.input, len(test.input), err, test.want)
		}
	}
}
