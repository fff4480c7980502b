package cluster

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// died starts a shell script as a part and returns what is said of its end, if it
// ends by itself.
func died(t *testing.T, script string) (*process, <-chan error) {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	end := make(chan error, 1)
	p, err := startProcess(shell, []string{"-c", script}, nil, filepath.Join(t.TempDir(), "log"), func(err error) { end <- err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.kill() })
	return p, end
}

func TestDeathIsToldWithItsLastWords(t *testing.T) {
	_, end := died(t, "echo first; echo bind: address already in use >&2; exit 3")
	select {
	case err := <-end:
		for _, want := range []string{"sh ended by itself", "exit status 3", "  first\n  bind: address already in use"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q in it", err, want)
			}
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told")
	}
}

func TestKillEndsAndTellsNobody(t *testing.T) {
	p, end := died(t, "trap '' TERM INT; while :; do sleep 1; done")
	if err := p.kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.Signal(0)); err == nil {
		t.Error("the process is still there")
	}
	select {
	case err := <-end:
		t.Errorf("an end that was asked for is told: %v", err)
	default:
	}
	if err := p.kill(); err != nil {
		t.Errorf("ending it twice: %v", err)
	}
}

func TestWaitSaysForWhatAndWhy(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	asked := 0
	err := Wait(ctx, "the moon", func(context.Context) error {
		if asked++; asked == 3 {
			cancel(errors.New("the sky fell"))
			return errors.New("the context ended")
		}
		return errors.New("it is not up")
	})
	if want := "waited for the moon: the sky fell\nlast: it is not up"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := Wait(t.Context(), "nothing", func(context.Context) error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestPortsAreFreeAndDifferent(t *testing.T) {
	picked, err := pickPorts()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]string{}
	for part, port := range picked {
		if seen[port] != "" {
			t.Errorf("%s and %s both have port %d", part, seen[port], port)
		}
		seen[port] = part
	}
}
