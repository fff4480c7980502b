package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// compile compiles the stack program without linking it: the language host links
// it afterwards, into the place that Pulumi.yaml names, and finds in Go's cache
// all that took long. "go list -export" is what compiles and stops there.
func (r *run) compile(ctx context.Context, env []string) error {
	cmd := command(ctx, true, r.tools.Go, "list", "-export", "-v", "-f", "{{.Name}}", ".")
	cmd.Dir = r.project.program()
	cmd.Env = env
	var name bytes.Buffer
	cmd.Stdout = &name
	err := r.progress.step("compiling the stack program (the first time takes minutes)", func(detail func(string)) error {
		compiled := 0
		said := &lines{each: func(line string) bool {
			switch {
			case strings.HasPrefix(line, "go: downloading "):
				detail(strings.TrimPrefix(line, "go: "))
				return false
			case !strings.ContainsAny(line, " :#"): // a package that -v names
				compiled++
				detail(fmt.Sprintf("%d packages", compiled))
				return false
			default:
				return true
			}
		}}
		cmd.Stderr = said
		err := runAll(cmd)
		return compileError(err, said.String())
	})
	if err != nil {
		return err
	}
	if got := strings.TrimSpace(name.String()); got != "main" {
		return &ProjectError{problem.File(r.project.program(), 0, "is package %s, not a program", got).Hint("main in Pulumi.yaml names the program's folder")}
	}
	return nil
}

// machineFault matches what the Go tool says when it is the machine that failed.
var machineFault = lazyregexp.New(`(?i)dial tcp|i/o timeout|no such host|connection (refused|reset)|TLS handshake|no space left|` +
	`out of memory|cannot allocate memory|signal: killed|read-only file system|permission denied|module lookup disabled|toolchain not available`)

// compileError tells a program that does not compile from a machine that cannot
// compile it.
func compileError(err error, said string) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || machineFault.MatchString(said) {
		return saying(problem.New("cannot compile the stack program: %w", err), said)
	}
	return &ProjectError{saying(problem.New("the stack program does not compile"), said)}
}

// lines hands each line written to it to a function, and keeps those that the
// function wants kept.
type lines struct {
	each    func(line string) (keep bool)
	partial []byte
	kept    strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.partial = append(l.partial, p...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.partial = rest
		if l.each(string(line)) {
			l.kept.Write(line)
			l.kept.WriteByte('\n')
		}
	}
}

func (l *lines) String() string { return l.kept.String() + string(l.partial) }
