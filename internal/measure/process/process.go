// Package process starts a program in a process group of its own, adds up the CPU time and
// the memory of all its processes, and stops all of them.
//
//	p, err := process.Start(process.Command{Args: []string{"./server"}})
//	...
//	defer p.Stop(10 * time.Second)
//	tree := process.NewTree(p.PID())
//	sample, err := tree.Sample()
//
// It stops only what it started. It knows nothing of requests, specs and figures.
package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"ambi/internal/inputfile"
	"ambi/internal/problem"
)

// Command is a program to start.
type Command struct {
	Args []string // the program and its arguments; at least one
	Env  []string // NAME=VALUE, besides this process's own, which they override
}

// String is the command as a shell shows it.
func (c Command) String() string { return strings.Join(c.Args, " ") }

// Process is a program that was started, with what it starts itself.
type Process struct {
	cmd   *exec.Cmd
	log   *log
	ended chan struct{}
	err   error // of Wait, once it ended
	stop  sync.Once
}

// pipesOpen is how long a program's pipes are read after it ended, when a process that it
// left behind holds them.
const pipesOpen = time.Second

// Start starts a program. What it prints is counted, and only its end is kept.
func Start(c Command) (*Process, error) {
	p := &Process{cmd: exec.Command(c.Args[0], c.Args[1:]...), log: &log{}, ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log // one writer: os/exec serializes it
	p.cmd.WaitDelay = pipesOpen
	separate(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, cannotStart(c, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Check requires that there is such a program.
func (c Command) Check() error {
	if _, err := exec.LookPath(c.Args[0]); err != nil {
		return cannotStart(c, err)
	}
	return nil
}

func cannotStart(c Command, err error) error {
	kind := problem.Machine
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		kind = problem.Misuse
	}
	var of *exec.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return problem.New("cannot start %s: %w", c.Args[0], inputfile.Cause(err)).Of(kind)
}

// PID is the process ID of the program itself.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ended is closed once the program itself has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Ending says how the program ended, such as "exit status 1".
func (p *Process) Ending() string {
	<-p.ended
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// Logged is how many bytes the program has printed so far.
func (p *Process) Logged() int64 { return p.log.size() }

// Tail is the last lines that the program printed, at most ten.
func (p *Process) Tail() []string { return p.log.tail(10) }

// Stop asks the program and everything in its group to end, kills what is left after a time,
// and returns once the program itself has ended. Calling it again does nothing.
func (p *Process) Stop(grace time.Duration) {
	p.stop.Do(func() {
		ask(p.cmd)
		select {
		case <-p.ended:
		case <-time.After(grace):
		}
		kill(p.cmd)
		<-p.ended
	})
}

// log counts what is written, and keeps the end of it.
type log struct {
	mutex sync.Mutex
	n     int64
	end   []byte
}

// keptLog is how many bytes of a log are kept.
const keptLog = 8 << 10

// Write keeps the end of what is written.
func (l *log) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.n += int64(len(text))
	l.end = append(l.end, text...)
	if over := len(l.end) - keptLog; over > 0 {
		l.end = append(l.end[:0], l.end[over:]...)
	}
	return len(text), nil
}

func (l *log) size() int64 {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.n
}

func (l *log) tail(n int) []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	text := strings.TrimSpace(string(l.end))
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):]
}

// Failed is what is wrong with a program that ended, or never did what it should.
func (p *Process) Failed(format string, args ...any) problem.Problem {
	failed := problem.New("%s", fmt.Sprintf(format, args...)).Of(problem.Invalid)
	failed.Detail = p.Tail()
	return failed
}
