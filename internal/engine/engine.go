// Package engine finds the real Pulumi engine and has it preview a stack program.
//
// A preview needs three programs that are the user's: the Pulumi CLI, its Go
// language host and the Go toolchain ([Find]). [Preview] compiles the program
// first, since that is what takes minutes on a fresh machine, and then runs
// "pulumi preview" on the chosen stack, in one of two ways:
//
//   - As the user would: their login, their state, their stack, their plugins.
//   - Offline: with a temporary home, state and copy of the stack's configuration,
//     and with the stand-in providers of package offline in place of the plugins.
//     No account or cluster can be touched, and nothing is written in the project
//     but the program's build output.
//
// Errors come in two kinds, for callers that pick an exit code: a [*ProjectError] is the
// project's fault, its program's or its configuration's; any other error is the machine's.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ambi/internal/offline"
	"ambi/internal/problem"
	"ambi/internal/scratch"
)

// Options says what to preview and where to show it.
type Options struct {
	Dir    string // the project's root, where Pulumi.yaml is
	Target string // lambda or kubernetes; when set, the stack's configuration must agree
	Stack  string // the default is Target
	// Offline runs against stand-in providers instead of accounts and clusters.
	Offline bool
	// Data is the folder of the data's program, from Dir; empty where the app has no data. An
	// offline preview deploys it first, against the stand-ins.
	Data string
	// DataStdout takes the engine's display of that.
	DataStdout io.Writer
	// DataOutputs are what a deployed data stack exports; an offline preview then uses them
	// in place of the program of the data.
	DataOutputs map[string]any
	// Placeholders are values for settings that the stack may lack, by key: offline, each
	// stands in for one that is not set, and the preview says so.
	Placeholders map[string]string
	// DataPlaceholders are the same for the data stack, in any region.
	DataPlaceholders map[string]string
	// Color lets the engine colour what it shows. Callers decide by NO_COLOR.
	Color bool
	// Stdin answers the engine's questions (a passphrase). It is not read offline.
	Stdin io.Reader
	// Stdout takes the engine's own display. Nil leaves it out, for callers that print
	// the Result; diagnostics are then part of the error.
	Stdout io.Writer
	// Stderr takes progress: redrawn on a terminal, plain lines elsewhere. Nil leaves it out.
	Stderr io.Writer
}

// Result is what the engine planned.
type Result struct {
	Stack   string `json:"stack"`
	Target  string `json:"target,omitempty"`
	Offline bool   `json:"offline"` // against stand-ins: no AWS and no cluster was asked
	// Resources are sorted by type and name. Left out are the stack itself and the
	// default providers, which the engine adds by itself, and what is only read.
	Resources   []Resource   `json:"resources"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"` // warnings and errors, in order
	// Data is what the engine did with the data's program, of an offline preview.
	Data *Result `json:"-"`
	// Registered is what the program asked the stand-ins for, with all inputs. Only an
	// offline preview knows it.
	Registered []offline.Resource `json:"-"`

	deployments []planned // that would be created or updated
}

// Resource is one step of the plan.
type Resource struct {
	Type string `json:"type"` // type token
	Name string `json:"name"` // logical name
	Op   string `json:"op"`   // create, same, update, replace, delete, ...
	URN  string `json:"urn"`
}

// Diagnostic is a warning or error that the engine, the program or a provider gave.
type Diagnostic struct {
	Severity string `json:"severity"` // warning or error
	URN      string `json:"urn,omitempty"`
	Message  string `json:"message"`
}

// Preview compiles the program of a project and previews one of its stacks. The
// Result is also returned beside an error when the engine got far enough to plan.
func Preview(ctx context.Context, options Options) (*Result, error) {
	run, err := newRun(options)
	if err != nil {
		return nil, err
	}
	return run.previewed(ctx)
}

func (r *run) previewed(ctx context.Context) (*Result, error) {
	result, err := r.preview(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("preview of stack %s stopped: %w", r.stack, context.Cause(ctx))
	}
	return result, err
}

// run is one preview.
type run struct {
	Options
	stack    string
	folder   string // of the program, from the project's root; empty where it is that
	tools    Tools
	project  *project
	progress *progress
}

// folderFlag is what a command of Pulumi's needs to find the program from the root.
func (r *run) folderFlag() string {
	if r.folder == "" {
		return ""
	}
	return " -C " + r.folder
}

func newRun(options Options) (*run, error) {
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, err
	}
	options.Dir = dir
	if options.Stderr == nil {
		options.Stderr = io.Discard
	}
	r := &run{Options: options, stack: options.Stack, progress: newProgress(options.Stderr)}
	if r.stack == "" {
		r.stack = options.Target
	}
	if r.stack == "" {
		return nil, errors.New("a preview needs a stack or a target")
	}
	if r.project, err = readProject(dir); err != nil {
		return nil, err
	}
	if err := r.project.agree(r.stack, r.Target); err != nil {
		return nil, err
	}
	if r.tools, err = Find(dir); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *run) preview(ctx context.Context) (_ *Result, err error) {
	temporary, remove, err := scratch.Dir(scratch.Preview)
	if err != nil {
		return nil, err
	}
	defer func() {
		if removeErr := remove(); removeErr != nil {
			err = errors.Join(err, fmt.Errorf("cannot remove a temporary folder: %w", removeErr))
		}
	}()
	env := r.tools.environ(os.Environ())
	arguments := []string{"preview", "--stack", r.stack}
	registered := func() []offline.Resource { return nil }
	var data *Result
	if r.Offline {
		session, err := r.startOffline(ctx, temporary, env)
		if err != nil {
			return nil, err
		}
		defer session.Close()
		env = session.env
		registered = session.stand.Resources
		arguments = []string{"preview", "--stack", session.stack, "--config-file", session.config}
		if r.Data != "" {
			if data, err = r.bringUp(ctx, temporary, session); err != nil {
				return nil, problem.In(r.Data, err)
			}
		}
	}
	if r.project.compiles() {
		if err := r.compile(ctx, env); err != nil {
			return nil, err
		}
	}
	result, err := r.runEngine(ctx, temporary, env, arguments)
	if result != nil {
		result.Registered, result.Data = ownOf(registered(), r.project.Name), data
	}
	if err != nil || r.Offline {
		return result, err
	}
	result.Diagnostics = append(result.Diagnostics, r.askCluster(ctx, env, result.deployments)...)
	return result, nil
}

// runEngine runs "pulumi preview" and reads what it planned from the engine's
// event log, which is the same whatever the display.
func (r *run) runEngine(ctx context.Context, temporary string, env, arguments []string) (*Result, error) {
	log := filepath.Join(temporary, "events.json")
	arguments = append(arguments, "--event-log", log, "--color", map[bool]string{true: "always", false: "never"}[r.Color])
	if r.Offline || r.Stdout == nil {
		arguments = append(arguments, "--non-interactive", "--suppress-progress")
	}
	if r.Offline {
		doing := map[string]string{"preview": "previewing", "up": "bringing up"}[arguments[0]]
		r.progress.say(fmt.Sprintf("%s stack %s offline: stand-in providers answer, no account and no cluster is asked", doing, r.stack))
	}
	cmd := command(ctx, r.Offline, r.tools.Pulumi, arguments...)
	cmd.Dir = r.Dir
	cmd.Env = append(env, "PULUMI_DEBUG_COMMANDS=true", "PULUMI_SKIP_UPDATE_CHECK=true") // the first one offers --event-log
	said := &tail{}                                                                      // what the engine says when it cannot even start
	cmd.Stdout, cmd.Stderr = said, said
	if r.Stdout != nil {
		cmd.Stdout, cmd.Stderr = r.Stdout, io.MultiWriter(r.Stderr, said)
	}
	if !r.Offline {
		cmd.Stdin = r.Stdin
	}
	var failed error
	if r.Stdout == nil {
		failed = r.progress.step("previewing stack "+r.stack, func(func(string)) error { return runAll(cmd) })
	} else {
		failed = runAll(cmd)
	}

	result, err := readEvents(log)
	if err != nil && failed == nil {
		return nil, err
	}
	result.Stack, result.Target, result.Offline = r.stack, r.Target, r.Offline
	if failed == nil {
		return result, nil
	}
	return result, r.explain(failed, result, said.String())
}

// explain says whose fault a failed preview is.
func (r *run) explain(failed error, result *Result, said string) error {
	var exit *exec.ExitError
	if !errors.As(failed, &exit) {
		return fmt.Errorf("cannot run %s: %w", r.tools.Pulumi, failed)
	}
	var messages []string
	fromProvider := false
	for _, d := range result.Diagnostics {
		if d.Severity == "error" {
			messages = append(messages, d.Message)
			fromProvider = fromProvider || d.fromProvider()
		}
	}
	failedEarly := len(messages) == 0
	if failedEarly {
		messages = []string{said}
	}
	if r.Stdout != nil {
		messages = nil // the engine has shown them
	}
	switch {
	case strings.Contains(said, "no stack named"):
		return &ProjectError{saying(problem.New("there is no stack %s where you are logged in", r.stack), messages...).
			Hint("pulumi stack init %s%s, or preview without a stack of your own: --offline", r.stack, r.folderFlag())}
	case failedEarly:
		return saying(problem.New("pulumi preview failed on stack %s: %w", r.stack, failed), messages...)
	case fromProvider:
		return saying(problem.New("a provider failed on stack %s", r.stack), messages...)
	default:
		return &ProjectError{saying(problem.New("the program failed on stack %s", r.stack), messages...)}
	}
}
