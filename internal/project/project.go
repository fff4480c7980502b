// Package project is an app on disk: it finds the spec, resolves it, and compares
// and writes the program beside it.
//
//	p, err := project.Folder{}.Load()
//	...
//	changes, list, err := p.Generate(ctx, project.GenerateOptions{})
//
// What the program says is decided in [ambi/generator], and how a written file
// replaces an edited one in [ambi/generator/tree]. This package prints nothing and
// knows no flags but --directory, which its problems name.
package project

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"ambi/compare"
	"ambi/generator"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// SpecFile is where a project keeps its spec.
const SpecFile = "app/app.yaml"

// Folder says where a project is: the value of --directory. Without one it is the
// current folder or the nearest above it that has a spec.
type Folder struct{ Dir string }

// Project is a spec resolved for both targets.
type Project struct {
	Root     string // the folder that holds app/app.yaml
	File     string // the spec from there, or as it was named
	SpecName string // as messages show it
	App      *spec.App
	Resolved *target.Resolved
	// NotPriced are services that the spec has beside those of App: see Priced.
	NotPriced []compare.NotPriced
	Written   map[string]spec.Target // of services that are priced on both targets, the only one that they are written for
	// WithoutData says that the data is left out with them: see OverHTTP.
	WithoutData bool
}

// Load reads the project's spec and resolves it. Errors of grammar are problems;
// what a target refuses stays a finding.
func (o Folder) Load() (*Project, error) {
	root, err := o.Find()
	if err != nil {
		return nil, err
	}
	name := filepath.Join(o.Dir, SpecFile)
	if o.Dir == "" {
		if name, err = Relative(filepath.Join(root, SpecFile)); err != nil {
			return nil, problem.As(problem.Machine, err)
		}
	}
	return read(&Project{Root: root, File: SpecFile, SpecName: name}, filepath.Join(root, SpecFile))
}

// LoadSpec reads the spec that a command's argument names, or the project's where
// there is none. The project's folder is then the spec's, or the one above its app/.
func (o Folder) LoadSpec(args []string) (*Project, error) {
	if len(args) == 0 {
		return o.Load()
	}
	name := args[0]
	if o.Dir != "" {
		return nil, problem.Flag("directory", "applies to a project, and %s names the spec itself", name)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, problem.As(problem.Machine, err)
	}
	root := filepath.Dir(full)
	if filepath.Base(root) == filepath.Dir(SpecFile) {
		root = filepath.Dir(root)
	}
	return read(&Project{Root: root, File: filepath.ToSlash(name), SpecName: name}, full)
}

// read completes a project with what is in its spec.
func read(p *Project, file string) (*Project, error) {
	text, err := readSpec(file, p.SpecName)
	if err != nil {
		return nil, err
	}
	if p.App, err = spec.Parse(p.SpecName, text); err != nil {
		return nil, target.WithRefusals(p.SpecName, text, problem.All(err))
	}
	p.Resolved = target.Resolve(p.App)
	return p, nil
}

// Find returns the project's folder.
func (o Folder) Find() (string, error) {
	if o.Dir != "" {
		if err := inputfile.CheckFolder("directory", o.Dir, o.Dir); err != nil {
			return "", err
		}
		if !isProject(o.Dir) {
			if above := filepath.Join(o.Dir, ".."); isProject(above) {
				return "", problem.New("no %s in %s", SpecFile, o.Dir).Of(problem.Misuse).Hint("the project's folder is the one above it: -C %s", above)
			}
			return "", noSpec("in "+o.Dir, misplaced(o.Dir))
		}
		return o.Dir, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", problem.As(problem.Machine, err)
	}
	elsewhere := ""
	for {
		if isProject(dir) {
			return dir, nil
		}
		if elsewhere == "" {
			if found := misplaced(dir); found != "" {
				elsewhere, _ = Relative(found) // without it there is a hint the less
			}
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", noSpec("here or above", elsewhere)
		}
		dir = above
	}
}

// isProject reports whether a folder holds a spec where a project keeps it.
func isProject(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, SpecFile))
	return err == nil
}

// noSpec is the error of a folder without a spec, or with one that is elsewhere.
func noSpec(where, elsewhere string) error {
	missing := problem.New("no %s %s", SpecFile, where).Of(problem.Misuse)
	if elsewhere == "" {
		return missing.Hint("\"ambi init\" starts a project in an empty folder").
			Hint("\"ambi import\" makes %s from a Compose file, Kubernetes manifests and others", SpecFile)
	}
	return missing.Hint("there is %[1]s: move it to %[2]s, or give its path to validate, plan or compare: ambi validate %[1]s", elsewhere, SpecFile)
}

// misplaced returns what may be meant as the spec of a folder that has none; empty
// where there is nothing like it.
func misplaced(dir string) string {
	for _, name := range []string{"app/app.yml", "app.yaml", "app.yml"} {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// Relative is a file as messages show it: from the current folder.
func Relative(file string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.Rel(dir, file)
}

// readSpec reads a spec, and no more of it than a spec may have.
func readSpec(file, name string) ([]byte, error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return nil, problem.File(name, 0, "must be a file").Of(problem.Misuse)
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a link to nowhere
		return nil, problem.New("no file %s", name).Of(problem.Misuse)
	case err != nil:
		return nil, problem.New("cannot read %s: %w", name, inputfile.Cause(err)).Of(problem.Machine)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, spec.MaxSize+1))
	if err != nil {
		return nil, problem.As(problem.Machine, err)
	}
	return text, nil
}

// Service is one of the spec's services. An error lists those that there are.
func (p *Project) Service(name string) (*spec.Service, error) {
	if s := p.App.Services[name]; s != nil {
		return s, nil
	}
	return nil, problem.New("no service %s in %s", name, p.SpecName).Hint("its services are %s", strings.Join(p.App.ServiceNames(), ", ")).Of(problem.Misuse)
}

// Refused returns an error when a target that the spec lists refuses it.
func (p *Project) Refused(targets ...spec.Target) error {
	return p.Resolved.Problems(p.SpecName, targets...).Err()
}

// Input is what the generator needs, for the given targets.
func (p *Project) Input(targets []spec.Target) generator.Input {
	return generator.InputOf(p.Resolved, "", targets...)
}

// Files generates the program for the targets that the spec lists.
func (p *Project) Files() ([]generator.File, error) {
	if err := p.Refused(p.App.Targets...); err != nil {
		return nil, err
	}
	module, err := modulePath(p.Root)
	if err != nil {
		return nil, err
	}
	return generator.Generate(generator.InputOf(p.Resolved, module, p.App.Targets...))
}

// withoutModule says how a folder gets a Go module.
func withoutModule(dir string) string {
	if _, err := os.Lstat(filepath.Join(dir, "Pulumi.yaml")); err == nil { // which init does not start anew
		return "go mod init example.com/NAME, then ambi generate and go mod tidy"
	}
	return "ambi init makes one, with the versions that the program needs, and keeps your " + SpecFile
}

// modulePath returns the import path of a folder: that of the Go module around
// it, and the way from there.
func modulePath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", problem.As(problem.Machine, err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := inputfile.Text(filepath.Join(at, "go.mod"))
		if errors.Is(err, fs.ErrNotExist) {
			if at == filepath.Dir(at) {
				return "", problem.New("no go.mod here or above: the emitted imports begin with its module path").
					Hint("%s", withoutModule(dir)).Of(problem.Misuse)
			}
			continue
		}
		if err != nil {
			return "", err
		}
		module := modfile.ModulePath(text)
		if module == "" {
			return "", problem.File(filepath.Join(at, "go.mod"), 0, "has no module line").Of(problem.Misuse)
		}
		way, err := filepath.Rel(at, dir)
		if err != nil {
			return "", problem.As(problem.Machine, err)
		}
		return path.Join(module, filepath.ToSlash(way)), nil
	}
}
