//go:build unix

package engine

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The wrapper of the pinned language host gives it an overlay that holds go.sum, and
// leaves nothing behind when the engine interrupts both, as it does in the end.
func TestWrapperCleansUp(t *testing.T) {
	wrapper, err := os.ReadFile("../../tools/language-go/pulumi-language-go")
	if err != nil {
		t.Fatal(err)
	}
	root := resolved(t.TempDir())
	script := program(t, filepath.Join(root, "bin"), "pulumi-language-go", string(wrapper))
	program(t, filepath.Join(root, "bin"), "pulumi-language-go-host", `echo "$GOFLAGS $*"; exec sleep 60`+"\n")
	project, temporary := filepath.Join(root, "project"), filepath.Join(root, "tmp")
	for _, dir := range []string{project, temporary} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"go.mod": "module example.com/app\n", "go.sum": ""} {
		if err := os.WriteFile(filepath.Join(project, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(script, "127.0.0.1:1")
	cmd.Dir = project
	cmd.Env = append(os.Environ(), "TMPDIR="+temporary, "GOFLAGS=", "GOWORK=off")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	left := func() []string {
		files, err := filepath.Glob(filepath.Join(temporary, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	files := left()
	if len(files) != 1 || !strings.Contains(line, "-overlay="+files[0]) || !strings.Contains(line, "-buildTarget bin/stacks 127.0.0.1:1") {
		t.Errorf("the host is started with %q, and %q is there", line, files)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the wrapper hides that the host was interrupted")
	}
	if files := left(); len(files) > 0 {
		t.Errorf("left behind: %q", files)
	}
}
