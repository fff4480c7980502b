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
	specName string // as messages show it
	app      *spec.App
	resolved *target.Resolved
}

// load reads the spec and resolves it. Errors of grammar are problems; what a
// target refuses stays a finding.
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
	text, err := readSpec(filepath.Join(root, specFile), name)
	if err != nil {
		return nil, err
	}
	app, err := spec.Parse(name, text)
	if err != nil {
		return nil, err
	}
	return &project{root: root, specName: name, app: app, resolved: target.Resolve(app)}, nil
}

// find returns the project's folder.
func (o *projectOptions) find() (string, error) {
	missing := problem.New("no %s here or above", specFile).Hint("\"ambi init\" starts a project in an empty folder")
	if o.dir != "" {
		if err := checkFolder("directory", o.dir, o.dir); err != nil {
			return "", err
		}
		if _, err := os.Lstat(filepath.Join(o.dir, specFile)); err != nil {
			return "", usageError{problem.New("no %s in %s", specFile, o.dir).Hint("\"ambi init\" starts a project in an empty folder")}
		}
		return o.dir, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", machineError{err}
	}
	for {
		if _, err := os.Lstat(filepath.Join(dir, specFile)); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", usageError{missing}
		}
		dir = above
	}
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
		return nil, machineError{fmt.Errorf("cannot read %s: %w", name, bare(err))}
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
