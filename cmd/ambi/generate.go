package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ambi/generator/tree"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
)

func newGenerateCommand(io streams, options *project.Folder) *cobra.Command {
	var check, conflicts, force, asJSON bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the Pulumi program to stacks/, and keep your edits of it",
		Long: `Write the Pulumi program for the targets that the spec lists to stacks/. Nothing is
written unless everything can be; a run that is interrupted is finished by the
next one.

A file that you edited keeps your edits: what is new in ambi's text is merged
into it, with git. Where both changed the same lines, nothing is written and the
conflict is shown; --conflicts writes such files with both sides marked, for you
to resolve in place. To discard your edits of one file, remove it first.

An edited file of a service or a target that has left the spec is kept, with a
warning: the program may not compile until you remove it.

Pulumi.yaml, Pulumi.*.yaml, go.mod and go.sum are yours: "ambi init" writes them
once. Of these, generate only brings the list of settings under config in
Pulumi.yaml up to date, and there only what you have not edited. A spec with data
also gets a program for it in stacks/data, with a Pulumi.yaml and a stack main of
its own, which are yours too; generate says in which order to deploy.

Exit code 1: the spec is invalid, a target refuses it, there is a conflict, or,
with --check, generate would write something.`,
		Example: `  ambi generate
  ambi generate --check
  ambi generate --conflicts`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check && (force || conflicts) {
				return problem.New("--check writes nothing: it cannot be combined with --force or --conflicts").Of(problem.Misuse)
			}
			if force && conflicts {
				return problem.New("--force discards edits and --conflicts keeps them: choose one").Of(problem.Misuse)
			}
			p, err := options.Load()
			if err != nil {
				return err
			}
			if check {
				return checkTree(cmd.Context(), io, p, asJSON)
			}
			all, list, err := p.Generate(cmd.Context(), project.GenerateOptions{Conflicts: conflicts, Force: force})
			if asJSON && all != nil {
				if err := printJSON(io.out, changeList(list.Changed(all))); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			changes := list.Take(all)
			warnOfSettings(io, p, list)
			warnOfLeftovers(io, changes)
			if asJSON {
				return conflictsLeft(changes)
			}
			if list.Edit.Changes() {
				fmt.Fprintf(io.out, "updated %s (%s)\n", tree.ProjectFile, list.Done())
			}
			printChanges(io, changes)
			for _, hint := range p.MissingModules() {
				fmt.Fprintln(io.out, hint)
			}
			if order := project.OrderOf(changes); order != "" {
				fmt.Fprintln(io.out, order)
			}
			return conflictsLeft(changes)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit with code 1 if generate would change anything (for CI); your edits are allowed")
	cmd.Flags().BoolVar(&conflicts, "conflicts", false, "write files with conflicts too, with both sides marked")
	cmd.Flags().BoolVar(&force, "force", false, "discard all edits: overwrite edited files, remove those that are no longer in the spec")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema generate\" prints")
	return cmd
}

// checkTree reports whether the tree is what generate would make of it.
func checkTree(ctx context.Context, io streams, p *project.Project, asJSON bool) error {
	all, list, err := p.Compare(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		if err := printJSON(io.out, changeList(list.Changed(all))); err != nil {
			return err
		}
	}
	changes := list.Take(all)
	warnOfSettings(io, p, list)
	edited, stale := 0, 0
	if list.Edit.Changes() {
		stale++
		if !asJSON {
			fmt.Fprintf(io.err, "%s: stale (%s)\n", tree.ProjectFile, list.ToDo())
		}
	}
	for _, c := range changes {
		if c.Kind == tree.Edited {
			edited++
		}
		if !c.Kind.Stale() {
			continue
		}
		stale++
		if !asJSON {
			fmt.Fprintln(io.err, problem.File(c.Path, firstLine(c), "%s", staleness(c.Kind)))
		}
	}
	switch {
	case stale > 0 && asJSON:
		return &answerNo{}
	case stale > 0:
		fmt.Fprintln(io.err, hintFor(changes))
		return &answerNo{}
	case !asJSON:
		of := "none"
		if edited > 0 {
			of = strconv.Itoa(edited)
		}
		fmt.Fprintf(io.out, "stacks/ is up to date: %d files, %s of them edited\n", len(changes), of)
	}
	return nil
}

// warnOfSettings warns of a list of settings that could not be updated, and of settings in
// stacks for services that no longer exist.
func warnOfSettings(io streams, p *project.Project, list *project.SettingsList) {
	warnings := p.Leftovers(list.Edit)
	if warning := list.Warning(); warning != "" {
		warnings = slices.Insert(warnings, 0, warning)
	}
	for _, warning := range warnings {
		fmt.Fprintln(io.err, "warning: "+warning)
	}
}

// warnOfLeftovers names the edited files of services or targets that are no longer in the
// spec. They are kept, and what they use may be gone: only the compiler can tell.
func warnOfLeftovers(io streams, changes []tree.Change) {
	for _, c := range changes {
		if c.Kind == tree.Leftover {
			fmt.Fprintf(io.err, "warning: %s is no longer part of the program, and was kept because you edited it: the program may not compile with it\n"+
				"hint: move your edits to another file, then remove this one\n", terminal.Line(c.Path))
		}
	}
}

// hintFor says what to do about files that are not as they should be.
func hintFor(changes []tree.Change) string {
	byHand, pending := false, false
	for _, c := range changes {
		byHand = byHand || c.Kind == tree.Unresolved || c.Kind == tree.Foreign || c.Kind == tree.Leftover
		pending = pending || c.Kind == tree.Conflict
	}
	switch {
	case byHand:
		return `hint: resolve what is named above by hand, then run "ambi generate"; "ambi diff" shows the difference`
	case pending:
		return `hint: "ambi generate" shows the conflicts, and "ambi generate --conflicts" marks them in the files for you to settle`
	}
	return `hint: "ambi generate" brings them up to date, "ambi diff" shows the difference`
}

// firstLine is the line of a file's first problem; 0 without one.
func firstLine(c tree.Change) int {
	if len(c.Problems) == 0 {
		return 0
	}
	return c.Problems[0].Line
}

// staleness says what is the matter with a file that is not as it should be.
func staleness(k tree.Kind) string {
	switch k {
	case tree.Create:
		return "missing"
	case tree.Update:
		return "stale"
	case tree.Merge:
		return "stale, and edited: your edits will be kept"
	case tree.Conflict:
		return "stale, and in conflict with your edits"
	case tree.Unresolved:
		return "a conflict is unresolved"
	case tree.Foreign:
		return "not written by ambi"
	case tree.Remove:
		return "no longer in the spec"
	case tree.Leftover:
		return "edited, and no longer in the spec: remove it"
	case tree.Unchanged, tree.Edited, tree.Overwrite: // nothing that --check fails on
	}
	return string(k)
}

func printChanges(io streams, changes []tree.Change) {
	unchanged := 0
	for _, c := range changes {
		if c.Kind == tree.Unchanged {
			unchanged++
			continue
		}
		fmt.Fprintf(io.out, outcome(c.Kind)+"\n", terminal.Line(c.Path))
	}
	fmt.Fprintf(io.out, "%d files, %d unchanged\n", len(changes), unchanged)
}

// outcome is a format for what was done with a file.
func outcome(k tree.Kind) string {
	switch k {
	case tree.Create:
		return "created %s"
	case tree.Update:
		return "updated %s"
	case tree.Edited:
		return "kept %s (edited)"
	case tree.Merge:
		return "merged %s (your edits are kept)"
	case tree.Conflict:
		return "marked %s (has conflicts)"
	case tree.Overwrite:
		return "overwritten %s"
	case tree.Remove:
		return "removed %s"
	case tree.Leftover:
		return "kept %s (edited, and no longer in the spec)"
	case tree.Unchanged, tree.Unresolved, tree.Foreign: // not written
	}
	return string(k) + " %s"
}

// conflictsLeft tells where conflicts were written, and that this is not the end.
func conflictsLeft(changes []tree.Change) error {
	var list problem.List
	hints := []string{"everything is written; choose between the marked lines, remove the markers, then run `ambi generate`"}
	for _, c := range changes {
		if c.Kind != tree.Conflict {
			continue
		}
		for _, line := range c.MarkedLines() {
			list = append(list, problem.File(c.Path, line, "resolve this conflict").Of(problem.Invalid))
		}
		for _, p := range c.Problems {
			if p.Hint != "" && !slices.Contains(hints, p.Hint) {
				hints = append(hints, p.Hint)
			}
		}
	}
	err := list.Err()
	for _, hint := range hints {
		err = problem.Hinted(err, "%s", hint)
	}
	return err
}

// changesFormat names what generate --json prints.
const changesFormat = "ambi.generate/v1"

// ChangesDocument is what generate prints as JSON.
type ChangesDocument struct {
	Format  string        `json:"format"`
	Changes []ChangeEntry `json:"changes"` // of all files, those that stay as they are too
}

// ChangeEntry is one change as JSON.
type ChangeEntry struct {
	Path string    `json:"path"`
	Kind tree.Kind `json:"kind"`
	// Line is where the user must decide, or the first such place.
	Line int `json:"line,omitempty"`
}

func changeList(changes []tree.Change) ChangesDocument {
	list := []ChangeEntry{}
	for _, c := range changes {
		list = append(list, ChangeEntry{Path: c.Path, Kind: c.Kind, Line: firstLine(c)})
	}
	return ChangesDocument{Format: changesFormat, Changes: list}
}

func newDiffCommand(io streams, options *project.Folder) *cobra.Command {
	return &cobra.Command{
		Use:   "diff",
		Short: "Show how stacks/ differs from what ambi would write today",
		Long: `Show, as a unified diff, how the files in stacks/, and the list of settings in
Pulumi.yaml, differ from what ambi would write today: lines with - are yours,
lines with + are ambi's.

Exit code 1: there is a difference.`,
		Example: `  ambi diff
  ambi diff -C . > stacks.diff`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			changes, _, err := p.Compare(cmd.Context())
			if err != nil {
				return err
			}
			text := tree.Diff(changes)
			if text == "" {
				return nil
			}
			if colored(io.out) {
				_, err = fmt.Fprint(io.out.Styled(), colorDiff(text))
			} else {
				_, err = fmt.Fprint(io.out, text)
			}
			if err != nil {
				return problem.As(problem.Machine, err)
			}
			return &answerNo{}
		},
	}
}

// colorDiff colours a unified diff as git does.
func colorDiff(text string) string {
	lines := strings.SplitAfter(terminal.Text(text), "\n")
	for i, line := range lines {
		color := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			color = "1"
		case strings.HasPrefix(line, "@@"):
			color = "36"
		case strings.HasPrefix(line, "+"):
			color = "32"
		case strings.HasPrefix(line, "-"):
			color = "31"
		default:
			continue
		}
		body := strings.TrimSuffix(line, "\n")
		lines[i] = "\x1b[" + color + "m" + body + "\x1b[0m" + line[len(body):]
	}
	return strings.Join(lines, "")
}
