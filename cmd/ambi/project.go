package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"ambi/generator"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// specFile is where a project keeps its spec.
const specFile = "app/app.yaml"

// projectOptions says where the project is.
type projectOptions struct{ dir string }

// project is a spec resolved for both targets.
type project struct {
	root     string // the folder that holds app/app.yaml
	file     string // the spec from there, or as it was named
	specName string // as messages show it
	app      *spec.App
	resolved *target.Resolved
}

// load reads the project's spec and resolves it. Errors of grammar are problems;
// what a target refuses stays a finding.
func (o *projectOptions) load() (*project, error) {
	root, err := o.find()
	if err != nil {
		return nil, err
	}
	name := filepath.Join(o.dir, specFile)
	if o.dir == "" {
		if name, err = relative(filepath.Join(root, specFile)); err != nil {
			return nil, machineError{err}
		}
	}
	return read(&project{root: root, file: specFile, specName: name}, filepath.Join(root, specFile))
}

// loadFrom is load for a command that takes a spec by its path, as an argument. The
// project's folder is then the spec's, or the one above its app/.
func (o *projectOptions) loadFrom(args []string) (*project, error) {
	if len(args) == 0 {
		return o.load()
	}
	name := args[0]
	if o.dir != "" {
		return nil, problem.Flag("directory", "is about a project, and %s names the spec itself", name)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, machineError{err}
	}
	root := filepath.Dir(full)
	if filepath.Base(root) == filepath.Dir(specFile) {
		root = filepath.Dir(root)
	}
	return read(&project{root: root, file: filepath.ToSlash(name), specName: name}, full)
}

// read completes a project with what is in its spec.
func read(p *project, file string) (*project, error) {
	text, err := readSpec(file, p.specName)
	if err != nil {
		return nil, err
	}
	if p.app, err = spec.Parse(p.specName, text); err != nil {
		return nil, err
	}
	p.resolved = target.Resolve(p.app)
	return p, nil
}

// find returns the project's folder.
func (o *projectOptions) find() (string, error) {
	if o.dir != "" {
		if err := inputfile.CheckFolder("directory", o.dir, o.dir); err != nil {
			return "", err
		}
		if _, err := os.Lstat(filepath.Join(o.dir, specFile)); err != nil {
			return "", noSpec("in "+o.dir, misplaced(o.dir))
		}
		return o.dir, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", machineError{err}
	}
	elsewhere := ""
	for {
		if _, err := os.Lstat(filepath.Join(dir, specFile)); err == nil {
			return dir, nil
		}
		if elsewhere == "" {
			if found := misplaced(dir); found != "" {
				elsewhere, _ = relative(found) // without it there is a hint the less
			}
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", noSpec("here or above", elsewhere)
		}
		dir = above
	}
}

// noSpec is the error of a folder without a spec, or with one that is elsewhere.
func noSpec(where, elsewhere string) error {
	missing := problem.New("no %s %s", specFile, where).Of(problem.Misuse)
	if elsewhere == "" {
		return missing.Hint("\"ambi init\" starts a project in an empty folder")
	}
	return missing.Hint("there is %[1]s: move it to %[2]s; or name it, which validate, plan and compare take: ambi validate %[1]s", elsewhere, specFile)
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

func relative(file string) (string, error) {
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
		return nil, usageError{fmt.Errorf("no file %s", name)}
	case err != nil:
		return nil, machineError{fmt.Errorf("cannot read %s: %w", name, inputfile.Cause(err))}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, spec.MaxSize+1))
	if err != nil {
		return nil, machineError{err}
	}
	return text, nil
}

// refused returns an error when a target that the spec lists refuses it.
func (p *project) refused(targets ...spec.Target) error {
	return p.resolved.Problems(p.specName, targets...).Err()
}

// input is what the generator needs, for the given targets.
func (p *project) input(targets []spec.Target) generator.Input {
	return generator.InputOf(p.resolved, "", targets...)
}

// files generates the program for the targets that the spec lists.
func (p *project) files() ([]generator.File, error) {
	if err := p.refused(p.app.Targets...); err != nil {
		return nil, err
	}
	module, err := modulePath(p.root)
	if err != nil {
		return nil, err
	}
	return generator.Generate(generator.InputOf(p.resolved, module, p.app.Targets...))
}

// modulePath returns the import path of a folder: that of the Go module around
// it, and the way from there.
func modulePath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", machineError{err}
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if errors.Is(err, fs.ErrNotExist) {
			if at == filepath.Dir(at) {
				return "", usageError{problem.New("no go.mod here or above: the emitted imports begin with its module path").
					Hint("go mod init example.com/NAME")}
			}
			continue
		}
		if err != nil {
			return "", machineError{err}
		}
		module := modfile.ModulePath(text)
		if module == "" {
			return "", usageError{problem.File(filepath.Join(at, "go.mod"), 0, "has no module line").Of(problem.Misuse)}
		}
		way, err := filepath.Rel(at, dir)
		if err != nil {
			return "", machineError{err}
		}
		return path.Join(module, filepath.ToSlash(way)), nil
	}
}
