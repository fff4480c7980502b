package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ambi/generator"
	"ambi/generator/tree"
)

func newGenerateCommand(io streams, options *projectOptions) *cobra.Command {
	var check, force, asJSON bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the Pulumi program to stacks/",
		Long: `Write the Pulumi program for the targets that the spec lists to stacks/. Nothing is
written unless everything can be; a run that is interrupted is finished by the
next one.

A file that you edited is never overwritten: generate stops and names it.
"ambi diff" shows the difference; --force gives the edits up.

Pulumi.yaml, Pulumi.*.yaml, go.mod and go.sum are yours: "ambi init" writes them
once, generate never does.

Exit code 1: the spec is invalid, a target refuses it, a file was edited, or,
with --check, stacks/ is not what generate would write.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if check && force {
				return usageError{errors.New("--check writes nothing, so --force does not go with it")}
			}
			p, err := options.load()
			if err != nil {
				return err
			}
			files, err := p.files()
			if err != nil {
				return err
			}
			if check {
				return checkTree(io, p, files, asJSON)
			}
			root, err := os.OpenRoot(p.root)
			if err != nil {
				return machineError{err}
			}
			defer root.Close()
			changes, err := tree.Write(root, files, tree.Options{Force: force})
			if err != nil {
				return treeError(err)
			}
			if asJSON {
				return printJSON(io.out, changeList(changes))
			}
			printChanges(io, changes)
			for _, hint := range p.missingModules() {
				fmt.Fprintln(io.out, hint)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit with code 1 if stacks/ is stale or edited (for CI)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite edited files")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// checkTree reports whether the tree is what generate would write.
func checkTree(io streams, p *project, files []generator.File, asJSON bool) error {
	changes, err := p.compare(files)
	if err != nil {
		return err
	}
	differing := differing(changes)
	if asJSON {
		if err := printJSON(io.out, changeList(changes)); err != nil {
			return err
		}
	}
	if len(differing) == 0 {
		if !asJSON {
			fmt.Fprintf(io.out, "stacks/ is up to date: %d files\n", len(changes))
		}
		return nil
	}
	if !asJSON {
		for _, c := range differing {
			fmt.Fprintf(io.err, "%s: %s\n", c.Path, staleness[c.Kind])
		}
		fmt.Fprintln(io.err, `hint: "ambi generate" brings stacks/ up to date, "ambi diff" shows the difference`)
	}
	return &answerNo{}
}

// compare says how the project's files differ from those generated.
func (p *project) compare(files []generator.File) ([]tree.Change, error) {
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return nil, machineError{err}
	}
	defer root.Close()
	changes, err := tree.Compare(root, files)
	if err != nil {
		return nil, treeError(err)
	}
	return changes, nil
}

var staleness = map[tree.Kind]string{
	tree.Create:       "missing",
	tree.Update:       "stale",
	tree.Edited:       "edited, and differs from what ambi would write",
	tree.Remove:       "no longer belongs",
	tree.RemoveEdited: "edited, and no longer belongs",
}

func differing(changes []tree.Change) []tree.Change {
	var list []tree.Change
	for _, c := range changes {
		if c.Kind != tree.Unchanged {
			list = append(list, c)
		}
	}
	return list
}

var done = map[tree.Kind]string{
	tree.Create:       "created",
	tree.Update:       "updated",
	tree.Edited:       "overwritten",
	tree.Remove:       "removed",
	tree.RemoveEdited: "kept (edited; no longer belongs)",
}

func printChanges(io streams, changes []tree.Change) {
	unchanged := 0
	for _, c := range changes {
		if c.Kind == tree.Unchanged {
			unchanged++
			continue
		}
		fmt.Fprintf(io.out, "%s %s\n", done[c.Kind], c.Path)
	}
	fmt.Fprintf(io.out, "%d files, %d unchanged\n", len(changes), unchanged)
}

// changeEntry is one change as JSON.
type changeEntry struct {
	Path string    `json:"path"`
	Kind tree.Kind `json:"kind"`
}

func changeList(changes []tree.Change) []changeEntry {
	list := []changeEntry{}
	for _, c := range changes {
		list = append(list, changeEntry{c.Path, c.Kind})
	}
	return list
}

// treeError tells refusals, which are the user's to settle, from the disk's faults.
func treeError(err error) error {
	var (
		edited  *tree.EditedError
		blocked *tree.BlockedError
		pending *tree.PendingError
	)
	if errors.As(err, &edited) || errors.As(err, &blocked) || errors.As(err, &pending) {
		return refusal{err}
	}
	return machineError{err}
}

// refusal is an error that says no, in words of its own.
type refusal struct{ error }

func (e refusal) Unwrap() error { return e.error }

func newDiffCommand(io streams, options *projectOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "diff",
		Short: "Show how stacks/ differs from what ambi would write today",
		Long: `Show, as a unified diff, how the files in stacks/ differ from what ambi would write
today: lines with - are yours, lines with + are ambi's.

Exit code 1: there is a difference.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := options.load()
			if err != nil {
				return err
			}
			files, err := p.files()
			if err != nil {
				return err
			}
			changes, err := p.compare(files)
			if err != nil {
				return err
			}
			text := tree.Diff(changes)
			if text == "" {
				return nil
			}
			if colored(io.out) {
				text = colorDiff(text)
			}
			if _, err := fmt.Fprint(io.out, text); err != nil {
				return machineError{err}
			}
			return &answerNo{}
		},
	}
}

// colorDiff colours a unified diff as git does.
func colorDiff(text string) string {
	lines := strings.SplitAfter(text, "\n")
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
