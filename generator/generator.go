// Package generator turns resolved models into a plan (the resources that a
// target would register) and into the files of a Pulumi program. It is pure: the
// same models give the same bytes, and nothing here touches disk. Package tree,
// below this one, writes the files.
package generator

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
	"ambi/templates"
)

// Input is what a program is generated from.
type Input struct {
	App string
	// Module is the path of the Go module that the files become part of, such as
	// "example.com/thumbs"; the emitted imports begin with it.
	Module string
	// Lambda and Kubernetes are the targets to write; nil leaves one out.
	Lambda     *lambda.Model
	Kubernetes *kubernetes.Model
}

// Targets lists the targets that the input has a model for.
func (in Input) Targets() []spec.Target {
	var targets []spec.Target
	if in.Lambda != nil {
		targets = append(targets, spec.Lambda)
	}
	if in.Kubernetes != nil {
		targets = append(targets, spec.Kubernetes)
	}
	return targets
}

// Generate writes the program: every file formatted, parsed and ordered by
// path. An error means that no file is usable; it is a fault of ambi's and not
// of the spec, except for service names that collide.
func Generate(in Input) ([]File, error) {
	all, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	w := &writer{templates: all}
	shared := newSharedView(in)
	w.write("stacks/main.go", "shared/main.go.tmpl", shared)
	w.write("stacks/settings/settings.go", "shared/settings.go.tmpl", shared)
	if in.Lambda != nil {
		view := newLambdaView(in)
		w.write("stacks/lambda/stack.go", "lambda/stack.go.tmpl", view)
		for _, service := range view.Services {
			w.write("stacks/lambda/"+service.File+".go", "lambda/service.go.tmpl", service)
		}
	}
	if in.Kubernetes != nil {
		view := newKubernetesView(in)
		w.write("stacks/kubernetes/stack.go", "kubernetes/stack.go.tmpl", view)
		for _, service := range view.Services {
			w.write("stacks/kubernetes/"+service.File+".go", "kubernetes/service.go.tmpl", service)
		}
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return w.files, errors.Join(w.errs...)
}

// parseTemplates reads the embedded templates anew for each call: they are few,
// and nothing mutable is shared.
func parseTemplates() (*template.Template, error) {
	all := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"quote": quote})
	for _, folder := range []string{"shared", "lambda", "kubernetes"} {
		entries, err := templates.FS.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			name := path.Join(folder, entry.Name())
			text, err := templates.FS.ReadFile(name)
			if err != nil {
				return nil, err
			}
			if _, err := all.New(name).Parse(string(text)); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// quote returns the Go string literal of its parts joined: the only way in which
// a value of a spec reaches Go code.
func quote(parts ...string) string { return strconv.Quote(strings.Join(parts, "")) }

// writer renders files and gathers errors.
type writer struct {
	templates *template.Template
	files     []File
	errs      []error
	declared  map[string]string // identifier by folder -> file
}

func (w *writer) write(file, name string, view any) {
	var text bytes.Buffer
	if err := w.templates.ExecuteTemplate(&text, name, view); err != nil {
		w.errs = append(w.errs, fmt.Errorf("%s: %w", file, err))
		return
	}
	source, err := w.check(file, text.Bytes())
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	w.files = append(w.files, File{Path: file, Content: source})
}

// check parses a file and formats it. It refuses a second declaration of a name
// in one package, which formatting would let pass.
func (w *writer) check(file string, text []byte) ([]byte, error) {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if w.declared == nil {
		w.declared = map[string]string{}
	}
	for _, name := range declarations(parsed) {
		key := path.Dir(file) + " " + name
		if other, taken := w.declared[key]; taken {
			return nil, fmt.Errorf("%s: %s is declared in %s already; rename one of the services", file, name, path.Base(other))
		}
		w.declared[key] = file
	}
	ast.SortImports(positions, parsed)
	var source bytes.Buffer
	if err := format.Node(&source, positions, parsed); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return source.Bytes(), nil
}

// declarations lists the names that a file adds to its package.
func declarations(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names = append(names, decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				}
			}
		}
	}
	return names
}
