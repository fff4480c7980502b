package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"

	"ambi"
	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/gitmerge"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
)

func newInitCommand(io streams, options *projectOptions) *cobra.Command {
	var name, modulePath string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Start a project: an example app, its spec, and the program for both targets",
		Long: `Start a project in this folder, or in the one that -C names: an example app with
its spec (unless app/app.yaml is there already), Pulumi.yaml with one stack for
each target, go.mod and go.sum with exact versions (unless the folder is part of
a Go module already), and stacks/, as "ambi generate" writes it.

A stacks/ that ambi wrote before is brought up to date and keeps your edits; no
other file that exists is changed. If one is in the way, nothing is written. A
.gitignore or .gitattributes of your own stays, and you are told what to add.`,
		Example: `  ambi init
  ambi init -C shop --name shop --module github.com/example/shop`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := options.dir
			if dir == "" {
				dir = "."
			}
			return initProject(cmd.Context(), io, dir, name, modulePath)
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the app's `NAME` (default: made of the folder's)")
	cmd.Flags().StringVar(&modulePath, "module", "", "the `PATH` of the new Go module (default: example.com/ and the app's name)")
	return cmd
}

func initProject(ctx context.Context, io streams, dir, name, modulePath string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usageError{problem.Flag("directory", "%s is a file, and a folder is needed", dir)}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return machineError{fmt.Errorf("cannot make the folder %s: %w", dir, inputfile.Cause(err))}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return machineError{fmt.Errorf("cannot open the folder %s: %w", dir, inputfile.Cause(err))}
	}
	defer root.Close()
	var files []generator.File
	if _, err := root.Lstat(specFile); errors.Is(err, fs.ErrNotExist) {
		if files, err = exampleFiles(dir, name); err != nil {
			return err
		}
	} else if name != "" {
		return usageError{fmt.Errorf("--name names the example app, but %s is there already", specFile)}
	}
	// The spec must be on disk before it can be loaded like any other, so the
	// app goes first; everything written is taken back if a later step fails.
	w := &starter{root: root}
	if err := w.write(files); err != nil {
		return err
	}
	p, err := w.start(ctx, dir, modulePath)
	if err != nil {
		return errors.Join(err, w.undo())
	}
	if len(files) > 0 {
		fmt.Fprintf(io.out, "created app/: the example app and its spec, %d files\n", len(files))
	}
	for _, file := range w.written[len(files):] {
		fmt.Fprintf(io.out, "created %s\n", file)
	}
	if w.isNew() {
		fmt.Fprintf(io.out, "created stacks/: %s for %s\n", p.app.Name, targetNames(p))
	} else {
		printChanges(io, w.stacks)
	}
	for _, f := range w.kept {
		if lines := missingLines(root, f); len(lines) > 0 {
			fmt.Fprintf(io.out, "kept %s, which is yours; add to it\n  %s\n", f.Path, strings.Join(lines, "\n  "))
		}
	}
	for _, hint := range p.missingModules() {
		fmt.Fprintln(io.out, hint)
	}
	fmt.Fprintf(io.out, `
Next:
  ambi validate            what each field of %[1]s becomes on each target
  ambi compare             what each target costs at the spec's usage, and where the answer changes
  ambi preview --offline   both stacks through the real Pulumi engine, without an account or a cluster
  go test ./stacks/...     the stacks' own tests
`, specFile)
	return nil
}

func targetNames(p *project) string {
	var names []string
	for _, t := range p.app.Targets {
		names = append(names, string(t))
	}
	return strings.Join(names, " and ")
}

// exampleFiles returns the example app under a name of the user's.
func exampleFiles(dir, name string) ([]generator.File, error) {
	if name == "" {
		full, err := filepath.Abs(dir)
		if err != nil {
			return nil, machineError{err}
		}
		name = nameAfter(filepath.Base(full))
	} else if err := spec.CheckName(name); err != nil {
		return nil, usageError{problem.InFlag("name", err)}
	}
	var files []generator.File
	err := fs.WalkDir(ambi.Example, "app", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := ambi.Example.ReadFile(file)
		if err != nil {
			return err
		}
		if file == specFile {
			text = []byte(strings.ReplaceAll(string(text), "thumbs", name))
		}
		files = append(files, generator.File{Path: file, Content: text})
		return nil
	})
	return files, err
}

// nameAfter makes an app's name of a folder's: My App becomes my-app.
func nameAfter(folder string) string {
	words := strings.FieldsFunc(strings.ToLower(folder), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	name := strings.TrimLeft(strings.Join(words, "-"), "0123456789-")
	if len(name) > 40 { // services' names follow it
		name = strings.TrimRight(name[:40], "-")
	}
	return cmp.Or(name, "app")
}

// starter writes a new project's files and can take them back.
type starter struct {
	root    *os.Root
	written []string
	kept    []generator.File // what of git's settings was there already, as ambi would write it
	stacks  []tree.Change
}

// isNew reports whether there was no stacks/.
func (w *starter) isNew() bool {
	return !slices.ContainsFunc(w.stacks, func(c tree.Change) bool { return c.Kind != tree.Create })
}

// withoutGitFiles leaves out what most repositories have, each in its own way, where it is there
// already: it is never in the way of a new project.
func (w *starter) withoutGitFiles(files []generator.File) []generator.File {
	return slices.DeleteFunc(files, func(f generator.File) bool {
		if f.Path != ".gitignore" && f.Path != ".gitattributes" {
			return false
		}
		if _, err := w.root.Lstat(f.Path); err != nil {
			return false
		}
		w.kept = append(w.kept, f)
		return true
	})
}

// missingLines returns what a file of the user's lacks of one that ambi would write.
func missingLines(root *os.Root, f generator.File) []string {
	have, err := root.ReadFile(f.Path)
	if err != nil {
		have = nil
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(have)) {
		lines[strings.TrimSpace(line)] = true
	}
	var missing []string
	for line := range strings.Lines(string(f.Content)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && !lines[line] {
			missing = append(missing, line)
		}
	}
	return missing
}

// write creates files, all or none: one that exists is left as it is.
func (w *starter) write(files []generator.File) error {
	var inTheWay problem.List
	for _, f := range files {
		if _, err := w.root.Lstat(f.Path); err == nil {
			inTheWay = append(inTheWay, problem.File(f.Path, 0, "is there already; nothing was written").Of(problem.Invalid))
		}
	}
	if inTheWay != nil {
		return problem.Hinted(inTheWay, "\"ambi generate\" brings a project's stacks/ up to date; init starts a new one")
	}
	for _, f := range files {
		if err := w.create(f); err != nil {
			return errors.Join(machineError{err}, w.undo())
		}
	}
	return nil
}

func (w *starter) create(f generator.File) error {
	if err := w.root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return err
	}
	file, err := w.root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	w.written = append(w.written, f.Path)
	if _, err := file.Write(f.Content); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}

// undo removes what was written, and the folders that this leaves empty.
func (w *starter) undo() error {
	var errs []error
	for _, file := range w.written {
		errs = append(errs, w.root.Remove(file))
		for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
			if w.root.Remove(dir) != nil {
				break
			}
		}
	}
	w.written = nil
	return problem.As(problem.Machine, errors.Join(errs...))
}

// start writes what surrounds the app: the module, Pulumi's files and stacks/.
func (w *starter) start(ctx context.Context, dir, name string) (*project, error) {
	p, err := (&projectOptions{dir: dir}).load()
	if err != nil {
		return nil, err
	}
	if err := p.refused(p.app.Targets...); err != nil {
		return nil, err
	}
	files, err := generator.Project(p.input(p.app.Targets), specFile)
	if err != nil {
		return nil, err
	}
	if _, err := modulePath(dir); err != nil {
		if name == "" {
			name = "example.com/" + p.app.Name
		}
		if err := module.CheckImportPath(name); err != nil {
			return nil, usageError{problem.InFlag("module", err)}
		}
		more, err := generator.Module(name)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	} else if name != "" {
		return nil, usageError{errors.New("--module names a new module, but this folder is part of one already")}
	}
	if err := w.write(w.withoutGitFiles(files)); err != nil {
		return nil, err
	}
	program, err := p.files()
	if err != nil {
		return nil, err
	}
	list, err := p.settings()
	if err != nil {
		return nil, err
	}
	all, err := tree.Write(w.root, program, tree.Options{Merge: gitmerge.New(ctx), Project: list.merge})
	var conflict *tree.ConflictError
	if errors.As(err, &conflict) {
		hinted := problem.Hinted(conflict.Places(), "nothing was written, since stacks/ is there and holds what ambi would overwrite")
		return nil, problem.Hinted(hinted, "move stacks/ away, run \"ambi init\" again, and carry over what you want to keep of it")
	}
	if err != nil {
		return nil, treeError(err)
	}
	w.stacks = list.take(all) // of the settings, nothing but a record of what was listed
	return p, nil
}
