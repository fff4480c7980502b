package project

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/module"

	"ambi"
	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/gitmerge"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// StartOptions say what a new project is called.
type StartOptions struct {
	Name    string // the example app's; empty is made of the folder's
	Module  string // the new Go module's path; empty is made of the app's name
	Minimal bool   // the example app has one service, over HTTP, and no data
}

// Started is what [Start] did.
type Started struct {
	Project *Project
	Example int      // files of the example app
	Created []string // other files, but for those of stacks/
	New     bool     // there was no stacks/
	Stacks  []tree.Change
	Kept    []Kept // files of git's settings that were there already
}

// Kept is a file of the user's that stayed as it was.
type Kept struct {
	Path  string
	Lacks []string // lines of ambi's
}

// Start makes a project in a folder: an example app where there is no spec, the Go
// module, Pulumi's files and stacks/. Everything that was written is taken back when
// a later step fails.
func Start(ctx context.Context, dir string, options StartOptions) (*Started, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, problem.Flag("directory", "%s is a file, and a folder is needed", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, problem.New("cannot make the folder %s: %w", dir, inputfile.Cause(err)).Of(problem.Machine)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.New("cannot open the folder %s: %w", dir, inputfile.Cause(err)).Of(problem.Machine)
	}
	defer root.Close()
	var example []generator.File
	if _, err := root.Lstat(SpecFile); errors.Is(err, fs.ErrNotExist) {
		if example, err = exampleFiles(dir, options); err != nil {
			return nil, err
		}
	} else if options.Name != "" {
		return nil, problem.New("--name names the example app, but %s exists already", SpecFile).Of(problem.Misuse)
	} else if options.Minimal {
		return nil, problem.New("--minimal is about the example app, but %s exists already", SpecFile).Of(problem.Misuse)
	}
	// The spec must be on disk before it can be loaded like any other, so the app
	// goes first.
	w := &starter{root: root}
	if err := w.write(example); err != nil {
		return nil, err
	}
	p, err := w.start(ctx, dir, options.Module)
	if err != nil {
		return nil, errors.Join(err, w.undo())
	}
	done := &Started{Project: p, Example: len(example), Created: w.written[len(example):], New: w.isNew(), Stacks: w.stacks}
	for _, f := range w.kept {
		done.Kept = append(done.Kept, Kept{Path: f.Path, Lacks: missingLines(root, f)})
	}
	return done, nil
}

// minimalSpec is the example app's spec without data and events.
const minimalSpec = "app/minimal.yaml"

// exampleFiles returns the example app under a name of the user's.
func exampleFiles(dir string, options StartOptions) ([]generator.File, error) {
	name, specFile, other := options.Name, SpecFile, minimalSpec
	if options.Minimal {
		specFile, other = other, specFile
	}
	if name == "" {
		full, err := filepath.Abs(dir)
		if err != nil {
			return nil, problem.As(problem.Machine, err)
		}
		name = nameAfter(filepath.Base(full))
	} else if err := spec.CheckName(name); err != nil {
		return nil, problem.As(problem.Misuse, problem.InFlag("name", err))
	}
	var files []generator.File
	err := fs.WalkDir(ambi.Example, "app", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file == other {
			return err
		}
		text, err := ambi.Example.ReadFile(file)
		if err != nil {
			return err
		}
		if file == specFile {
			file, text = SpecFile, exampleNamed(text, name)
		}
		files = append(files, generator.File{Path: file, Content: text})
		return nil
	})
	return files, err
}

// nameAsValue matches where the example's name is a whole value.
var nameAsValue = regexp.MustCompile(`(?m)(: )thumbs( |,|\}|$)`)

// exampleNamed gives the example's spec another name, in quotes where YAML would
// take it for something else, as it does no and on.
func exampleNamed(text []byte, name string) []byte {
	value, err := yaml.Marshal(name)
	if err != nil {
		value = []byte(name)
	}
	text = nameAsValue.ReplaceAll(text, append(append([]byte("${1}"), bytes.TrimSpace(value)...), "${2}"...))
	return bytes.ReplaceAll(text, []byte("thumbs"), []byte(name))
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
	var have []byte // of a file that cannot be read, nothing
	if file, err := root.Open(f.Path); err == nil {
		have, _ = inputfile.Read(file, f.Path, inputfile.MaxText)
		_ = file.Close()
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
			return errors.Join(problem.As(problem.Machine, err), w.undo())
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
func (w *starter) start(ctx context.Context, dir, name string) (*Project, error) {
	p, err := Folder{Dir: dir}.Load()
	if err != nil {
		return nil, err
	}
	if err := p.Refused(p.App.Targets...); err != nil {
		return nil, err
	}
	files, err := generator.Project(p.Input(p.App.Targets), SpecFile)
	if err != nil {
		return nil, err
	}
	beside, err := p.missingStartFiles()
	if err != nil {
		return nil, err
	}
	files = append(files, beside...)
	if _, err := modulePath(dir); err != nil {
		if name == "" {
			name = "example.com/" + p.App.Name
		}
		if err := module.CheckImportPath(name); err != nil {
			return nil, problem.As(problem.Misuse, problem.InFlag("module", err))
		}
		more, err := generator.Module(name)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	} else if name != "" {
		return nil, problem.New("--module names a new module, but this folder is part of one already").Of(problem.Misuse)
	}
	if err := w.write(w.withoutGitFiles(files)); err != nil {
		return nil, err
	}
	program, err := p.Files()
	if err != nil {
		return nil, err
	}
	list, err := p.Settings()
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
		return nil, problem.As(problem.Machine, err)
	}
	w.stacks = list.Take(all) // of the settings, nothing but a record of what was listed
	return p, nil
}
