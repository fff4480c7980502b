package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ambi/compare/format"
	"ambi/generator"
	"ambi/internal/engine"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
	"ambi/spec"
)

func newPreviewCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		only, stack     string
		offline, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Preview the stacks through the real Pulumi engine",
		Long: `Preview the stacks through the real Pulumi engine: both targets that the spec
lists, or the one that --target names. The stack has the target's name unless
--stack says otherwise.

With your own Pulumi, login and state, as "pulumi preview" would; or, with
--offline, without any of them: the engine, the language host and the program are
real, AWS and the cluster are stand-ins that accept any well-formed request. An
offline preview proves that the program runs, and shows what it registers with which
inputs. It does not prove that AWS or a cluster would accept them. Placeholders stand
for settings that a stack must have and lacks; the preview says for which.

If the spec has data, the data's program comes first: the preview shows the stack that
the others' setting dataStack names, or, with --offline, brings it up against the
stand-ins, so that the others can read its outputs. Outputs that are not deployed yet
are unknown in the previews that follow; the last line says what to deploy first. With
switch in the spec, the stack main of stacks/traffic is previewed last.

Where kubectl is on PATH, a preview of a Kubernetes stack asks the cluster as well,
if you have the rights: whether a Secret is missing, and whether a quota or a
policy would refuse a pod. Both are warnings.

The first preview compiles the program, which takes minutes.

Exit code 1: the spec is invalid, a target refuses it, stacks/ is not what the
spec says, or the program failed. 3: the engine is missing or failed.`,
		Example: `  ambi preview --offline
  ambi preview --offline --target kubernetes --json`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			targets, err := chosen(p, only)
			if err != nil {
				return err
			}
			if stack != "" && len(targets) > 1 {
				return problem.New("--stack names one stack, but there are two targets").Hint("add --target").Of(problem.Misuse)
			}
			if err := p.Refused(targets...); err != nil {
				return err
			}
			if err := warnIfStale(cmd.Context(), io, p); err != nil {
				return err
			}
			return preview(cmd.Context(), io, p, targets, engine.Options{
				Dir: p.Root, Stack: stack, Data: p.DataFolder(), Offline: offline, Color: colored(io.out), Stdin: io.in, Stderr: io.err,
			}, asJSON)
		},
	}
	cmd.Flags().StringVar(&only, "target", "", "only this `TARGET`: lambda or kubernetes")
	cmd.Flags().StringVar(&stack, "stack", "", "the Pulumi `STACK` (default: the target's name)")
	cmd.Flags().BoolVar(&offline, "offline", false, "stand-ins instead of AWS and a cluster; no account, login or plugin")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema preview\" prints")
	return cmd
}

// chosen returns the targets to act on: all that the spec lists, or the one named.
func chosen(p *project.Project, only string) ([]spec.Target, error) {
	if only == "" {
		return p.App.Targets, nil
	}
	t, err := flags.ParseTarget("target", only)
	if err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	if !p.App.For(t) {
		return nil, problem.Flag("target", "%s does not list %s among its targets", p.SpecName, only)
	}
	return []spec.Target{t}, nil
}

// warnIfStale says when the program on disk is not what the spec describes. The
// program is the user's, so an edit is no error; one that is missing is.
func warnIfStale(ctx context.Context, io streams, p *project.Project) error {
	stale, err := p.Stale(ctx)
	if err != nil {
		return err
	}
	const most = 3
	if n := len(stale); n > most {
		stale = append(stale[:most:most], format.Plural(n-most, "file")+" more")
	}
	if len(stale) > 0 {
		fmt.Fprintln(io.err, problem.New("warning: stacks/ is not what %s says now: %s", p.SpecName, strings.Join(stale, ", ")).
			Hint("\"ambi diff\" shows the difference, and \"ambi generate\" brings stacks/ up to date"))
	}
	return nil
}

// previewFormat names what preview --json prints.
const previewFormat = "ambi.preview/v1"

// PreviewDocument is what preview prints as JSON.
type PreviewDocument struct {
	Format   string           `json:"format"`
	App      string           `json:"app"`
	Previews []*engine.Result `json:"previews"` // one a target that the engine planned
	// Data is the program of the data, which was previewed first, or brought up offline.
	Data *engine.Result `json:"data,omitempty"`
	// Traffic is the program that switches between the targets, which was previewed last.
	Traffic *engine.Result `json:"traffic,omitempty"`
}

// preview runs the engine for each target in turn. A target that fails does not
// keep the next one from being shown.
func preview(ctx context.Context, io streams, p *project.Project, targets []spec.Target, options engine.Options, asJSON bool) error {
	results := []*engine.Result{}
	var data *engine.Result
	var failed problem.List
	previewed := map[string]bool{} // stacks of the data
	for i, t := range targets {
		options.Target = string(t)
		options.DataStdout = nil
		if !options.Offline && options.Data != "" {
			d, err := previewData(ctx, io, p, options, previewed, asJSON)
			if data == nil {
				data = d
			}
			failed.Add(engineError(problem.In(options.Data, err)))
			if ctx.Err() != nil {
				break
			}
		}
		if !asJSON && i == 0 && options.Offline && options.Data != "" {
			options.DataStdout = engineOutput(io, options)
			fmt.Fprintf(io.out, "%s: data, brought up against stand-ins for AWS, and then\n", p.App.Name)
		}
		if !asJSON {
			options.Stdout = engineOutput(io, options)
			if i > 0 {
				fmt.Fprintln(io.out)
			}
			fmt.Fprintf(io.out, "%s: %s%s\n", p.App.Name, t, map[bool]string{true: ", against stand-ins for AWS and the cluster"}[options.Offline])
		}
		if options.Offline {
			options.Placeholders = placeholders(p, t)
			options.DataPlaceholders = generator.DataPlaceholders(generator.InputOf(p.Resolved, "", t))
		}
		result, err := engine.Preview(ctx, options)
		if result != nil {
			results = append(results, result)
			if data == nil {
				data = result.Data
			}
		}
		failed.Add(engineError(problem.In(string(t), err)))
		if ctx.Err() != nil {
			break
		}
	}
	var traffic *engine.Result
	if ctx.Err() == nil && len(targets) > 1 {
		t, err := previewTraffic(ctx, io, p, options, asJSON)
		traffic = t
		failed.Add(engineError(problem.In(generator.TrafficFolder, err)))
	}
	if asJSON {
		if err := printJSON(io.out, PreviewDocument{Format: previewFormat, App: p.App.Name, Previews: results, Data: data, Traffic: traffic}); err != nil {
			return err
		}
	}
	if !asJSON && !options.Offline && data != nil {
		var operations []string
		for _, r := range data.Resources {
			operations = append(operations, r.Op)
		}
		if order := project.OrderOfPreview(operations); order != "" {
			fmt.Fprintf(io.out, "\n%s\n", order)
		}
	}
	return failed.Err()
}

// placeholders stand for settings that a stack of a target must have before it deploys,
// and for zips that are not built yet.
func placeholders(p *project.Project, t spec.Target) map[string]string {
	all := generator.Placeholders(generator.InputOf(p.Resolved, "", t))
	for _, s := range p.Resolved.Lambda.Services {
		if _, err := os.Stat(filepath.Join(p.Root, filepath.FromSlash(s.Zip))); err == nil {
			delete(all, s.Name+".zip")
		}
	}
	return all
}

// previewData previews the stack of the data that a stack reads, once for all that read it.
func previewData(ctx context.Context, io streams, p *project.Project, options engine.Options, previewed map[string]bool, asJSON bool) (*engine.Result, error) {
	stack, err := engine.DataStack(options)
	if err != nil || previewed[stack] { // an error that the preview of the stack itself has too
		return nil, nil
	}
	previewed[stack] = true
	if !asJSON {
		options.Stdout = engineOutput(io, options)
		fmt.Fprintf(io.out, "%s: data, stack %s\n", p.App.Name, stack)
		defer fmt.Fprintln(io.out)
	}
	return engine.PreviewBeside(ctx, options, stack)
}

// previewTraffic previews the stack main of the program that switches between the targets; none
// where the app has no such program.
func previewTraffic(ctx context.Context, io streams, p *project.Project, options engine.Options, asJSON bool) (*engine.Result, error) {
	program, err := p.Traffic()
	if err != nil || program == nil {
		return nil, err
	}
	beside := engine.Options{Dir: options.Dir, Data: program.Folder, Offline: options.Offline, Color: options.Color, Stdin: options.Stdin, Stderr: options.Stderr}
	if options.Offline {
		beside.Placeholders = program.Placeholders
	}
	if !asJSON {
		beside.Stdout = engineOutput(io, options)
		fmt.Fprintf(io.out, "\n%s: traffic, stack %s\n", p.App.Name, generator.BesideStack)
	}
	return engine.PreviewBeside(ctx, beside, generator.BesideStack)
}

// engineOutput is where the engine shows a preview. The user's own Pulumi has the
// user's terminal to itself, for it redraws lines and asks for a passphrase.
func engineOutput(to streams, options engine.Options) io.Writer {
	switch {
	case !options.Offline && terminal.Is(to.out):
		return to.out.Raw()
	case options.Color:
		return to.out.Styled()
	}
	return to.out
}

// engineError says of what is not the project's fault that the machine failed.
func engineError(err error) error { return problem.As(problem.Machine, err) }
