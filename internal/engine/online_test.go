//go:build unix

package engine

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeEngine puts a pulumi on PATH that runs a script in place of the engine. In
// it, $log is where the event log belongs. It returns a project whose program
// needs no compiling.
func fakeEngine(t *testing.T, script string) (dir string) {
	t.Helper()
	tools := t.TempDir()
	program(t, tools, languageHost, "")
	program(t, tools, "pulumi", `
while [ $# -gt 0 ]; do
  case $1 in --event-log) log=$2 ;; esac
  shift
done
`+script)
	path := os.Getenv("PATH")
	t.Setenv("PATH", tools+string(filepath.ListSeparator)+path)
	dir = t.TempDir()
	write(t, dir, "Pulumi.yaml", "name: app\nruntime: {name: go, options: {binary: app}}\n")
	return dir
}

// The default is the user's own Pulumi: nothing of ambi's may stand between.
func TestOnlinePreviewIsTheUsersOwn(t *testing.T) {
	temporaryFiles(t)
	mark := filepath.Join(t.TempDir(), "called")
	dir := fakeEngine(t, `
env > `+mark+`
read answer
echo "shown to $answer"
cat > $log <<'END'
{"resourcePreEvent": {"metadata": {"op": "create", "type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:prod::app::pulumi:pulumi:Stack::app-prod"}}}
{"resourcePreEvent": {"metadata": {"op": "create", "type": "pulumi:providers:aws", "urn": "urn:pulumi:prod::app::pulumi:providers:aws::default_6_83_2"}}}
{"resourcePreEvent": {"metadata": {"op": "update", "type": "b:b:B", "urn": "urn:pulumi:prod::app::b:b:B::one"}}}
{"resourcePreEvent": {"metadata": {"op": "same", "type": "pulumi:providers:kubernetes", "urn": "urn:pulumi:prod::app::pulumi:providers:kubernetes::cluster"}}}
{"resourcePreEvent": {"metadata": {"op": "create", "type": "a:a:A", "urn": "urn:pulumi:prod::app::b:b:B$a:a:A::two"}}}
{"diagnosticEvent": {"severity": "warning", "urn": "", "message": "<{%fg 3%}>careful<{%reset%}>\n"}}
{"diagnosticEvent": {"severity": "info", "message": "ignored"}}
END
`)
	t.Setenv("AWS_PROFILE", "mine")
	t.Setenv("PULUMI_ACCESS_TOKEN", "mine")
	t.Setenv("KUBECONFIG", "mine")
	var out bytes.Buffer
	result, err := Preview(t.Context(), Options{
		Dir: dir, Stack: "acme/prod", Target: "lambda", Stdin: strings.NewReader("me\n"), Stdout: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != "shown to me\n" {
		t.Errorf("display %q", out.String())
	}
	called, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"AWS_PROFILE=mine", "PULUMI_ACCESS_TOKEN=mine", "KUBECONFIG=mine"} {
		if !strings.Contains("\n"+string(called), "\n"+want+"\n") {
			t.Errorf("the environment lacks %s", want)
		}
	}
	for _, no := range []string{"PULUMI_DEBUG_PROVIDERS", "PULUMI_BACKEND_URL", "PULUMI_HOME", "GOFLAGS=-overlay"} {
		if strings.Contains(string(called), no) {
			t.Errorf("the environment has %s", no)
		}
	}
	got := result.Stack
	for _, r := range result.Resources {
		got += "\n" + r.Op + " " + r.Type + " " + r.Name
	}
	if want := "acme/prod\ncreate a:a:A two\nupdate b:b:B one\nsame pulumi:providers:kubernetes cluster"; got != want {
		t.Errorf("planned\n%s, want\n%s", got, want)
	}
	if len(result.Diagnostics) != 1 || result.Diagnostics[0] != (Diagnostic{Severity: "warning", Message: "careful"}) {
		t.Errorf("diagnostics %+v", result.Diagnostics)
	}
}

// The data's program is previewed in its folder, as its own project: the stack that the
// other names, of the same organization.
func TestPreviewBeside(t *testing.T) {
	temporaryFiles(t)
	mark := filepath.Join(t.TempDir(), "called")
	dir := fakeEngine(t, `
pwd > `+mark+`
echo '{"resourcePreEvent": {"metadata": {"op": "create", "type": "a:a:A", "urn": "urn:pulumi:prod::app-data::a:a:A::one"}}}' > $log
`)
	write(t, dir, "Pulumi.prod-lambda.yaml", "config:\n  app:target: lambda\n  app:dataStack: prod\n")
	if err := os.MkdirAll(filepath.Join(dir, "stacks/data"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "stacks/data/Pulumi.yaml", "name: app-data\nruntime: {name: go, options: {binary: app}}\n")
	options := Options{Dir: dir, Target: "lambda", Stack: "acme/prod-lambda", Data: "stacks/data"}
	stack, err := DataStack(options)
	if err != nil || stack != "acme/prod" {
		t.Fatalf("the data stack is %q, %v", stack, err)
	}
	result, err := PreviewBeside(t.Context(), options, stack)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Resources) != 1 || result.Resources[0].Op != "create" || result.Stack != "acme/prod" || result.Target != "" {
		t.Errorf("planned %+v", result)
	}
	if called, err := os.ReadFile(mark); err != nil || !strings.HasSuffix(strings.TrimSpace(string(called)), "/stacks/data") {
		t.Errorf("previewed in %s, %v", called, err)
	}

	options.Dir = fakeEngine(t, `echo "error: no stack named 'main' found" >&2; exit 255`)
	if err := os.MkdirAll(filepath.Join(options.Dir, "stacks/data"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, options.Dir, "stacks/data/Pulumi.yaml", "name: app-data\nruntime: {name: go, options: {binary: app}}\n")
	if _, err := PreviewBeside(t.Context(), options, "main"); err == nil || !strings.Contains(err.Error(), "hint: pulumi stack init main -C stacks/data, or") {
		t.Errorf("got %v", err)
	}
}

func TestWhoseFault(t *testing.T) {
	diagnostic := func(urn, message string) string {
		return `echo '{"diagnosticEvent": {"severity": "error", "urn": "` + urn + `", "message": "` + message + `"}}' > $log; exit 1`
	}
	tests := []struct {
		what    string
		script  string
		project bool
		want    string
	}{
		{"the program", diagnostic("urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev", "boom"), true, "the program failed on stack dev\n  boom"},
		{"a provider", diagnostic("urn:pulumi:dev::app::pulumi:providers:aws::default", "no credentials"), false, "a provider failed on stack dev\n  no credentials"},
		{"no stack", `echo "error: no stack named 'dev' found" >&2; exit 255`, true, "there is no stack dev where you are logged in\n  error: no stack named 'dev' found\nhint: pulumi stack init dev"},
		{"no login", `echo "error: not logged in" >&2; exit 255`, false, "pulumi preview failed on stack dev: exit status 255\n  error: not logged in"},
		{"no event log", `exit 0`, false, "the engine wrote no event log"},
		{"a torn event log", `echo '{"resourcePre' > $log`, false, "the engine's event log cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			temporaryFiles(t)
			_, err := Preview(t.Context(), Options{Dir: fakeEngine(t, test.script), Stack: "dev"})
			var fault *ProjectError
			if err == nil || errors.As(err, &fault) != test.project || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestCompileError(t *testing.T) {
	exit := exec.Command("sh", "-c", "exit 1").Run()
	tests := []struct {
		said    string
		project bool
	}{
		{"# app/stacks\n./main.go:3:15: undefined: missing\n", true},
		{"main.go:4:2: no required module provides package example.com/x; to add it:\n\tgo get example.com/x\n", true},
		{"go: example.com/x@v1.0.0: Get \"https://localhost:1/x\": dial tcp [::1]:1: connect: connection refused\n", false},
		{"# app/stacks\nwrite $WORK/b001/_pkg_.a: no space left on device\n", false},
	}
	for _, test := range tests {
		var fault *ProjectError
		if err := compileError(exit, test.said); errors.As(err, &fault) != test.project || !strings.Contains(err.Error(), strings.Fields(test.said)[1]) {
			t.Errorf("%q: got %v", test.said, err)
		}
	}
	if err := compileError(nil, "go: downloading"); err != nil {
		t.Errorf("got %v", err)
	}
}
