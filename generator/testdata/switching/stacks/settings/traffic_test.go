package settings_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
	"example.com/golden/stacks/stacktest"
)

func TestTraffic(t *testing.T) {
	for _, c := range []struct{ key, value, problem string }{
		{"zone", "Z0123456789ABCDEFGHIJ", ""},
		{"zone", "", "must be set"},
		{"zone", "example.com", "the id of a hosted zone"},
		{"zone", "/hostedzone/Z0123456789ABCDEFGHIJ", "the id of a hosted zone"},
		{"host", "d-abc123.execute-api.us-east-1.amazonaws.com", ""},
		{"host", "", "must be set"},
		{"host", "192.0.2.1", "a DNS name"},
		{"host", "localhost", "a DNS name"},
		{"host", "https://example.com", "a DNS name"},
		{"host", "example.com.", "a DNS name"},
	} {
		given := map[string]string{"zone": "Z1", "host": "a.example.com"}
		given[c.key] = c.value
		_, err := stacktest.Deploy(t, func(ctx *pulumi.Context) error {
			set := settings.Read(ctx)
			values := map[string]string{"zone": set.HostedZone("zone"), "host": set.HostName("host")}
			if values[c.key] != c.value {
				t.Errorf("%s %q is read as %q", c.key, c.value, values[c.key])
			}
			return set.Err()
		}, given)
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s %q: %v", c.key, c.value, err)
		}
	}
}
