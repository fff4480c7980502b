// Command ambi writes a readable Pulumi program from one app spec, for AWS
// Lambda or for Kubernetes, and says how the two differ.
//
// Each subcommand stands in a file of its own. They parse flags and print; what
// they print is decided in the packages below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"ambi/compare/demand/trace"
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

	exitInterrupted = 130 // by a signal, as shells have it: what was printed is a part
)

// exitCodeHelp says what the exit codes mean, in the help and in docs/json.md.
const exitCodeHelp = `  0    done
  1    the answer is no: the spec or a trace is invalid, a target refuses it,
       something differs or fails a condition
  2    used wrongly: a flag, an argument, a file or folder that is not there
  3    the machine failed: disk, network, engine
  130  interrupted: what was printed is a part
`

// run is the whole program but for the process: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	out, errOut := terminal.NewWriter(stdout), terminal.NewWriter(stderr)
	defer errOut.Flush()
	root := newRootCommand(streams{in: stdin, out: out, err: errOut})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	_ = out.Flush()
	if failed := out.Err(); failed != nil && !errors.Is(err, context.Canceled) {
		unwritten := machineError{fmt.Errorf("cannot write to standard output: %w", bare(failed))}
		var quiet *answerNo
		if err == nil || errors.Is(err, failed) || errors.As(err, &quiet) {
			err = unwritten
		} else {
			fmt.Fprintln(errOut, errorText(unwritten))
			err = machineError{err}
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

// answerNo ends a command whose output has said already why the answer is no.
type answerNo struct{}

func (*answerNo) Error() string { return "the answer is no" }

// machineError marks an error as the machine's and not the user's.
type machineError struct{ error }

func (e machineError) Unwrap() error { return e.error }

// usageError marks an error as a wrong use of ambi.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var (
		no      *answerNo
		invalid problem.List
		unread  *trace.Error
		refused refusal
		machine machineError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &no), errors.As(err, &invalid), errors.As(err, &unread), errors.As(err, &refused):
		return exitNo
	case errors.As(err, &machine):
		return exitMachine
	default:
		return exitUsage
	}
}

// errorText gives errors of a spec or a trace their own shape, and all others
// ambi's name.
func errorText(err error) string {
	var invalid problem.List
	var unread *trace.Error
	switch {
	case errors.As(err, &invalid):
		return invalid.Error()
	case errors.As(err, &unread):
		return unread.Error()
	case errors.Is(err, context.Canceled):
		return "ambi: interrupted"
	}
	return "ambi: " + err.Error()
}
