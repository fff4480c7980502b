package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// process is one running part of the cluster.
type process struct {
	name, log string
	cmd       *exec.Cmd
	ended     chan struct{}
	expected  atomic.Bool // whether its end is wanted
}

// startProcess starts a program that writes to a log, with variables beside the test's own. It calls died, once, when the
// program ends before anybody wants it to.
func startProcess(program string, arguments, environment []string, log string, died func(error)) (*process, error) {
	output, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	p := &process{name: filepath.Base(program), log: log, cmd: exec.Command(program, arguments...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.Dir, p.cmd.Env = filepath.Dir(log), append(os.Environ(), environment...)
	dieWithParent(p.cmd)
	started := make(chan error)
	go func() {
		// Linux ends the child when the thread that started it ends: keep that thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := p.cmd.Start(); err != nil {
			started <- fmt.Errorf("cannot start %s: %w\nhint: \"make cluster\" builds it", p.name, err)
			return
		}
		started <- nil
		_ = p.cmd.Wait() // how it ended is in its state
		close(p.ended)
		if !p.expected.Load() {
			died(fmt.Errorf("%s ended by itself (%v); its last lines:\n%s", p.name, p.cmd.ProcessState, p.lastLines(25)))
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// kill ends the program at once and waits until it has.
func (p *process) kill() error {
	p.expected.Store(true)
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("cannot end %s: %w", p.name, err)
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("%s, process %d, does not end", p.name, p.cmd.Process.Pid)
	}
}

// lastLines returns the last n lines of the log, indented.
func (p *process) lastLines(n int) string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return "  " + err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	var out strings.Builder
	for _, line := range lines[max(0, len(lines)-n):] {
		const width = 240
		fmt.Fprintf(&out, "  %s\n", line[:min(len(line), width)])
	}
	return strings.TrimSuffix(out.String(), "\n")
}
