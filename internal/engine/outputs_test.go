//go:build unix

package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ambi/internal/problem"
)

// Pulumi is asked in the program's folder, and for the stack by its name; what it prints becomes
// the outputs, and what it says becomes the error.
func TestOutputs(t *testing.T) {
	root := resolved(t.TempDir())
	folder := filepath.Join(root, "stacks", "traffic")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	program(t, filepath.Join(root, ".bin"), "pulumi", `echo "$PWD $*" >> "`+root+`/asked"
case "$*" in
*acme/prod) echo '{"url": "https://a.example.com", "lambda": 90, "secret": "[secret]"}'; echo "warning: an old CLI" >&2 ;;
*begun) echo '{}' ;;
*wordy) echo 'Current stack outputs (0):' ;;
*nothing) ;;
*slow) sleep 60 ;;
*) printf 'error: no stack named %s found\r\n' main >&2; exit 255 ;;
esac
`)
	t.Setenv("PATH", "/usr/bin"+string(filepath.ListSeparator)+"/bin")
	t.Setenv(ToolsVariable, "")
	for stack, want := range map[string]map[string]any{
		"acme/prod": {"url": "https://a.example.com", "lambda": 90.0, "secret": "[secret]"}, "begun": {},
	} {
		got, err := Outputs(t.Context(), root, "stacks/traffic", stack)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the stack %s exports %v, %v; want %v", stack, got, err, want)
		}
	}
	for stack, want := range map[string]string{
		"main":    "pulumi stack output: exit status 255\n  error: no stack named main found",
		"wordy":   "pulumi stack output printed no JSON: invalid character 'C'",
		"nothing": "pulumi stack output printed no JSON: unexpected end",
	} {
		got, err := Outputs(t.Context(), root, "", stack)
		if err == nil || !strings.HasPrefix(err.Error(), want) || problem.All(err).Kind() == problem.Invalid || got != nil {
			t.Errorf("of the stack %s: %v, %v", stack, got, err)
		}
	}
	asked, err := os.ReadFile(filepath.Join(root, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{folder + " stack output --json --non-interactive --stack acme/prod\n", root + " stack output --json --non-interactive --stack main\n"} {
		if !strings.Contains(string(asked), line) {
			t.Errorf("nothing asked %s: %s", line, asked)
		}
	}

	why := errors.New("the user has had enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
	began := time.Now()
	if _, err := Outputs(ctx, root, "", "slow"); !errors.Is(err, why) || time.Since(began) > grace {
		t.Errorf("after %v: %v, want %v", time.Since(began), err, why)
	}
	t.Setenv(ToolsVariable, filepath.Join(root, "nowhere"))
	if _, err := Outputs(t.Context(), root, "", "main"); err == nil || !strings.Contains(err.Error(), "pulumi, the Pulumi CLI, is neither on PATH nor in "+filepath.Join(root, "nowhere")) {
		t.Errorf("without Pulumi: %v", err)
	}
}

// A setting is the stack's own, by the project's name; a stack without a file has none.
func TestSetting(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	of := func(stack, want string) {
		t.Helper()
		if got, err := Setting(root, "", stack, "active"); got != want || err != nil {
			t.Errorf("active of %s is %q, %v; want %q", stack, got, err, want)
		}
	}
	of("prod", "") // there is no project
	write("Pulumi.yaml", "name: shop\nruntime: go\n")
	write("Pulumi.prod.yaml", "config:\n  shop:active: true\n  other:active: false\n")
	write("Pulumi.dev.yaml", "config:\n  other:active: \"true\"\n")
	of("prod", "true")
	of("acme/shop/prod", "true")
	of("dev", "")
	of("main", "")
	write("Pulumi.prod.yaml", "config: [")
	if got, err := Setting(root, "", "prod", "active"); err == nil || problem.All(err).Kind() != problem.Invalid {
		t.Errorf("of a file that is no YAML: %q, %v", got, err)
	}
}
