package engine

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ambi/internal/offline"
)

const tiny = "testdata/tiny"

// needsEngine skips a test on a machine without the engine. "make test" gets it first.
func needsEngine(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real engine")
	}
	if _, err := os.Stat("../../.bin"); err == nil && os.Getenv(ToolsVariable) == "" {
		t.Setenv(ToolsVariable, absolute("../../.bin"))
	}
	if _, err := Find(tiny); err != nil {
		t.Skipf("needs the Pulumi engine (make tools): %v", err)
	}
}

// contents reads a folder, without what the stack program is built into.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "bin" {
				return fs.SkipDir
			}
			return nil
		}
		text, err := os.ReadFile(name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// temporaryFiles has the engine's temporary files made in a folder, and fails
// when any is left at the end.
func temporaryFiles(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	})
}

func TestOfflinePreview(t *testing.T) {
	needsEngine(t)
	temporaryFiles(t)
	// An offline preview must not get to see any of these, let alone use them.
	t.Setenv("PULUMI_ACCESS_TOKEN", "pul-0123456789")
	t.Setenv("PULUMI_BACKEND_URL", "https://localhost:1")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "another")
	t.Setenv("PULUMI_STACK", "another")
	t.Setenv("AWS_PROFILE", "another")
	before, sums := contents(t, tiny), contents(t, "../../go.sum")

	var out, progress bytes.Buffer
	result, err := Preview(t.Context(), Options{Dir: tiny, Stack: "dev", Target: "lambda", Offline: true, Stdout: &out, Stderr: &progress})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), progress.String())
	}
	want := &Result{
		Stack: "dev", Target: "lambda", Offline: true,
		Resources: []Resource{
			{"aws:cloudwatch/logGroup:LogGroup", "logs", "create", "urn:pulumi:dev::tiny::aws:cloudwatch/logGroup:LogGroup::logs"},
			{"kubernetes:core/v1:Namespace", "apps", "create", "urn:pulumi:dev::tiny::kubernetes:core/v1:Namespace::apps"},
		},
		Registered: []offline.Resource{
			{
				Type: "aws:cloudwatch/logGroup:LogGroup", Name: "logs", URN: "urn:pulumi:dev::tiny::aws:cloudwatch/logGroup:LogGroup::logs",
				Inputs: map[string]any{"retentionInDays": 14.0, "tags": map[string]any{"password": offline.Secret{Value: placeholder}}},
			},
			{
				Type: "kubernetes:core/v1:Namespace", Name: "apps", URN: "urn:pulumi:dev::tiny::kubernetes:core/v1:Namespace::apps",
				Inputs: map[string]any{"apiVersion": "v1", "kind": "Namespace"},
			},
		},
	}
	if !reflect.DeepEqual(result, want) {
		t.Errorf("result\n%+v, want\n%+v", result, want)
	}
	for _, line := range []string{"aws:cloudwatch:LogGroup logs create", "+ 3 to create"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the engine's display lacks %q:\n%s", line, out.String())
		}
	}
	for _, line := range []string{"previewing stack dev offline: stand-in providers answer", "1 secret(s)", placeholder} {
		if !strings.Contains(progress.String(), line) {
			t.Errorf("the progress lacks %q:\n%s", line, progress.String())
		}
	}
	if after := contents(t, tiny); !reflect.DeepEqual(before, after) {
		t.Error("the preview changed the project")
	}
	if after := contents(t, "../../go.sum"); !reflect.DeepEqual(sums, after) {
		t.Error("the preview changed go.sum")
	}
}

// TARGETS.md counts on it: options.buildTarget is what spares the link.
func TestSecondPreviewLinksNothing(t *testing.T) {
	needsEngine(t)
	temporaryFiles(t)
	program := filepath.Join(tiny, "stacks", "bin", "stacks")
	linked := func() fs.FileInfo {
		if _, err := Preview(t.Context(), Options{Dir: tiny, Stack: "dev", Offline: true}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(program)
		if err != nil {
			t.Fatalf("the language host did not build to the build target: %v", err)
		}
		return info
	}
	if first, second := linked(), linked(); !os.SameFile(first, second) {
		t.Error("the second preview linked the program anew")
	}
}

func TestProgramFailureIsTheProjects(t *testing.T) {
	needsEngine(t)
	temporaryFiles(t)
	dir := copyTiny(t, "tiny:fail: true")
	result, err := Preview(t.Context(), Options{Dir: dir, Stack: "dev", Offline: true})
	var fault *ProjectError
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "the program was told to fail") {
		t.Errorf("got %v", err)
	}
	if result == nil || len(result.Diagnostics) == 0 {
		t.Errorf("the diagnostics are lost: %+v", result)
	}

	var out bytes.Buffer
	_, err = Preview(t.Context(), Options{Dir: dir, Stack: "dev", Offline: true, Stdout: &out})
	if !strings.Contains(out.String(), "the program was told to fail") || strings.Contains(err.Error(), "told to fail") {
		t.Errorf("the engine shows the failure once: display %q, error %v", out.String(), err)
	}
}

func TestInterruptLeavesNothing(t *testing.T) {
	needsEngine(t)
	temporaryFiles(t)
	mark := filepath.Join(t.TempDir(), "pid")
	dir := copyTiny(t, "tiny:hangAfterWriting: "+mark)
	ctx, stop := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted")
	var pid int
	go func() {
		for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			if text, err := os.ReadFile(mark); err == nil && len(text) > 0 {
				pid, _ = strconv.Atoi(string(text))
				stop(interrupted)
			}
		}
	}()
	_, err := Preview(ctx, Options{Dir: dir, Stack: "dev", Offline: true})
	if !errors.Is(err, interrupted) {
		t.Fatalf("got %v", err)
	}
	program, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); program.Signal(syscall.Signal(0)) == nil; time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatal("the program outlives the preview")
		}
	}
}

func TestCompileFailureIsTheProjects(t *testing.T) {
	needsEngine(t)
	temporaryFiles(t)
	dir := t.TempDir()
	write(t, dir, "Pulumi.yaml", "name: broken\nruntime: go\n")
	write(t, dir, "go.mod", "module broken\n\ngo 1.26\n")
	write(t, dir, "main.go", "package main\n\nfunc main() { missing() }\n")
	_, err := Preview(t.Context(), Options{Dir: dir, Stack: "dev", Offline: true})
	var fault *ProjectError
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "main.go:3:15: undefined: missing") {
		t.Errorf("got %v", err)
	}
	write(t, dir, "main.go", "package library\n")
	_, err = Preview(t.Context(), Options{Dir: dir, Stack: "dev", Offline: true})
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "is package library, not a program") {
		t.Errorf("got %v", err)
	}
}

// The stand-ins must carry a stack through its whole life, not only a preview.
func TestStandInsThroughTheEngine(t *testing.T) {
	needsEngine(t)
	temporary := t.TempDir()
	r, err := newRun(Options{Dir: tiny, Stack: "dev", Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.startOffline(t.Context(), temporary, r.tools.environ(os.Environ()))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pulumi := func(want string, arguments ...string) {
		t.Helper()
		cmd := command(t.Context(), true, r.tools.Pulumi, append(arguments, "--stack", s.stack, "--non-interactive")...)
		if arguments[0] != "stack" {
			cmd.Args = append(cmd.Args, "--config-file", s.config, "--color", "never")
		}
		cmd.Dir, cmd.Env = r.Dir, s.env
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("pulumi %s: %v, want %q in:\n%s", strings.Join(arguments, " "), err, want, out)
		}
	}
	pulumi("+ 3 created", "up", "--yes")
	pulumi("arn:aws:logs:eu-central-1:123456789012:log-group:logs-", "stack", "output", "arn")
	pulumi("3 unchanged", "preview", "--expect-no-changes")
	pulumi("3 unchanged", "refresh", "--yes")
	pulumi("~ 1 updated", "up", "--yes", "--config", "tiny:retention=30")
	pulumi("arn:aws:logs:eu-central-1:123456789012:log-group:logs-", "stack", "output", "arn")
	pulumi("- 3 deleted", "destroy", "--yes")
	var registered []string
	for _, resource := range s.stand.Resources() {
		registered = append(registered, resource.Type+" "+resource.Name)
	}
	if want := []string{"aws:cloudwatch/logGroup:LogGroup logs", "kubernetes:core/v1:Namespace apps"}; !reflect.DeepEqual(registered, want) {
		t.Errorf("registered %q", registered)
	}
}

// copyTiny returns a project with the tiny program and one line of configuration.
// The program stays where it is, so that nothing is linked anew.
func copyTiny(t *testing.T, configuration string) string {
	t.Helper()
	dir := resolved(t.TempDir())
	program, err := filepath.Rel(dir, absolute(filepath.Join(tiny, "stacks")))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(tiny, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "Pulumi.yaml", strings.Replace(string(text), "main: stacks", "main: "+filepath.ToSlash(program), 1))
	write(t, dir, "Pulumi.dev.yaml", "config:\n  "+configuration+"\n")
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
