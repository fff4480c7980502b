// Command ambi writes a readable Pulumi program from one app spec, for AWS
// Lambda or for Kubernetes, and says how the two differ.
//
// Each subcommand has its own file. The commands parse flags and print; the packages below do
// the work.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/internal/terminal"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitDone    = 0
	exitNo      = 1 // the answer is no: a spec is invalid, a diff differs, a target refused
	exitUsage   = 2 // ambi was used wrongly
	exitMachine = 3 // the machine failed: disk, network, engine
	exitFault   = 4 // ambi itself is wrong

	exitInterrupted = 130 // by a signal, as shells have it: what was printed is a part
)

// exitCodeHelp says what the exit codes mean, in the help and in docs/json.md.
const exitCodeHelp = `  0    done
  1    the answer is no: the spec or a trace is invalid, a target refuses it,
       something differs or fails a condition
  2    used wrongly: a wrong flag or argument, or a file or folder that does not exist
  3    the machine failed: disk, network, engine
  4    a fault of ambi's own
  130  interrupted: the output is incomplete
`

// run runs the program without exiting the process, and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	out, errOut := terminal.NewWriter(stdout), terminal.NewWriter(stderr)
	defer errOut.Flush()
	root := newRootCommand(streams{in: stdin, out: out, err: errOut})
	root.SetArgs(args)
	err := problem.Guard(func() error { return root.ExecuteContext(ctx) })
	_ = out.Flush()
	if failed := out.Err(); failed != nil && !errors.Is(err, context.Canceled) {
		unwritten := problem.New("cannot write to standard output: %w", inputfile.Cause(failed)).Of(problem.Machine)
		var quiet *answerNo
		if err == nil || errors.Is(err, failed) || errors.As(err, &quiet) {
			err = unwritten
		} else {
			fmt.Fprintln(errOut, errorText(unwritten))
			err = problem.As(problem.Machine, err)
		}
	}
	if err == nil {
		return exitDone
	}
	var quiet *answerNo
	if !errors.As(err, &quiet) {
		fmt.Fprintln(errOut, errorText(err))
	}
	return exitCode(err)
}

// answerNo ends a command whose output already says why the answer is no.
type answerNo struct{}

func (*answerNo) Error() string { return "the answer is no" }

func exitCode(err error) int {
	var no *answerNo
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &no):
		return exitNo
	}
	switch problem.All(err).Kind() {
	case problem.Invalid:
		return exitNo
	case problem.Misuse:
		return exitUsage
	case problem.Machine:
		return exitMachine
	case problem.Fault:
	}
	return exitFault
}

// errorText formats all problems of an error. Problems that are not in a file start with ambi's
// name.
func errorText(err error) string {
	if errors.Is(err, context.Canceled) {
		return "ambi: interrupted"
	}
	list := problem.All(err)
	if list.Kind() == problem.Fault {
		list = problem.All(problem.Hinted(problem.In("internal error", list), "this is a fault of ambi's own; please report it, with what you ran"))
	}
	if list[0].File != "" {
		return list.Error()
	}
	return "ambi: " + list.Error()
}
