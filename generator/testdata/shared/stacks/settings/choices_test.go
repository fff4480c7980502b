package settings_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
	"example.com/golden/stacks/stacktest"
)

func TestChoices(t *testing.T) {
	for _, c := range []struct{ key, value, problem string }{
		{"answer", "", ""},
		{"answer", "yes", ""},
		{"answer", "Yes", "must be yes or no"},
		{"stack", "", ""},
		{"stack", "prod-1.a_b", ""},
		{"stack", "org/project/prod", "the name of a stack"},
		{"stack", strings.Repeat("a", 101), "the name of a stack"},
	} {
		_, err := stacktest.Deploy(t, func(ctx *pulumi.Context) error {
			chosen := settings.Read(ctx)
			if got := chosen.Choice("answer", "yes", "no"); c.key == "answer" && c.problem == "" && got != c.value {
				t.Errorf("%q is read as %q", c.value, got)
			}
			if got := chosen.StackName("stack"); c.key == "stack" && c.problem == "" && got != c.value {
				t.Errorf("%q is read as %q", c.value, got)
			}
			return chosen.Err()
		}, map[string]string{c.key: c.value})
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s %q: %v", c.key, c.value, err)
		}
	}
}
