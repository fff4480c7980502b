//go:build unix

package process_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ambi/internal/measure/process"
)

// Stopping stops the program and what it started, also what does not want to end; what it
// printed is counted.
func TestStop(t *testing.T) {
	p, err := process.Start(process.Command{Args: []string{"sh", "-c", `trap "" TERM; sleep 300 & echo $! $WORD; wait; sleep 300`}, Env: []string{"WORD=hello"}})
	if err != nil {
		t.Fatal(err)
	}
	for p.Logged() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	child, word, _ := strings.Cut(p.Tail()[0], " ")
	if word != "hello" || p.Logged() != int64(len(child)+len(" hello\n")) {
		t.Errorf("printed %q, %d bytes", p.Tail(), p.Logged())
	}
	pid, err := strconv.Atoi(child)
	if err != nil {
		t.Fatal(err)
	}
	p.Stop(50 * time.Millisecond)
	p.Stop(time.Hour) // does nothing
	for deadline := time.Now().Add(20 * time.Second); syscall.Kill(pid, 0) == nil && !zombie(pid); {
		if time.Now().After(deadline) {
			t.Fatalf("process %d still runs", pid)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if ending := p.Ending(); ending != "signal: killed" {
		t.Errorf("ended with %s", ending)
	}
}

// zombie reports whether a process has ended and nothing has waited for it, on Linux.
func zombie(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(text), ") Z ")
}

// A tree has the CPU time of children, also of those that have ended.
func TestTree(t *testing.T) {
	p, err := process.Start(process.Command{Args: []string{"sh", "-c", `sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; echo done; exec sleep 300`}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop(0)
	tree, err := process.NewTree(p.PID())
	if err != nil {
		t.Fatal(err)
	}
	last := process.Sample{}
	for done := false; !done; {
		done = p.Logged() > 0
		s, err := tree.Sample()
		if err != nil {
			t.Fatal(err)
		}
		if s.CPU < last.CPU {
			t.Errorf("CPU time fell from %s to %s", last.CPU, s.CPU)
		}
		last = s
		time.Sleep(10 * time.Millisecond)
	}
	if last.CPU < 50*time.Millisecond || last.Memory <= 0 || last.Processes < 1 {
		t.Errorf("%+v", last)
	}
	if own := process.Own(); own <= 0 {
		t.Errorf("this process took %s", own)
	}
}
