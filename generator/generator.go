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
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"golang.org/x/sync/errgroup"

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
	parts, err := embedded()
	if err != nil {
		return nil, err
	}
	w := &writer{templates: parts.templates}
	shared := newSharedView(in)
	for _, name := range templateNames(parts.templates, "shared/") {
		w.add("stacks/"+strings.TrimSuffix(strings.TrimPrefix(name, "shared/"), ".tmpl"), name, shared)
	}
	if in.Lambda != nil {
		view := newLambdaView(in)
		for _, name := range []string{"stack", "gateway", "policy", "alarms"} {
			w.add("stacks/lambda/"+name+".go", "lambda/"+name+".go.tmpl", view)
			w.add("stacks/lambda/"+name+"_test.go", "lambda/"+name+"_test.go.tmpl", view)
		}
		for _, service := range view.Services {
			w.add("stacks/lambda/"+service.File+".go", "lambda/service.go.tmpl", service)
			w.add("stacks/lambda/"+service.File+"_test.go", "lambda/service_test.go.tmpl", service)
		}
	}
	if in.Kubernetes != nil {
		view := newKubernetesView(in)
		w.add("stacks/kubernetes/stack.go", "kubernetes/stack.go.tmpl", view)
		w.add("stacks/kubernetes/stack_test.go", "kubernetes/stack_test.go.tmpl", view)
		for _, service := range view.Services {
			w.add("stacks/kubernetes/"+service.File+".go", "kubernetes/service.go.tmpl", service)
			w.add("stacks/kubernetes/"+service.File+"_test.go", "kubernetes/service_test.go.tmpl", service)
		}
	}
	files, err := w.write()
	if err != nil {
		return nil, err
	}
	for _, f := range parts.fixed {
		files = append(files, File{Path: f.Path, Content: bytes.Clone(f.Content)})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// texts are what programs are made of: the embedded templates, and the files that
// are the same in every program, whose names end in .txt.
type texts struct {
	templates *template.Template
	fixed     []File
}

// embedded reads the texts, once for a process. They never change.
//
//nolint:gochecknoglobals // a constant in all but name
var embedded = sync.OnceValues(func() (texts, error) {
	all := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"quote": quote, "comment": comment})
	var fixed []File
	for _, folder := range []string{"shared", "lambda", "kubernetes"} {
		err := fs.WalkDir(templates.FS, folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := templates.FS.ReadFile(name)
			if err != nil {
				return err
			}
			if file, ok := strings.CutSuffix(name, ".txt"); ok {
				fixed = append(fixed, File{Path: "stacks/" + strings.TrimPrefix(file, "shared/"), Content: text})
				return nil
			}
			_, err = all.New(name).Parse(string(text))
			return err
		})
		if err != nil {
			return texts{}, err
		}
	}
	return texts{all, fixed}, nil
})

// templateNames lists the templates of one folder, which every program has.
func templateNames(all *template.Template, folder string) []string {
	var names []string
	for _, t := range all.Templates() {
		if strings.HasPrefix(t.Name(), folder) {
			names = append(names, t.Name())
		}
	}
	return names
}

// quote returns the Go string literal of its parts joined: the only way in which
// a value of a spec reaches Go code.
func quote(parts ...string) string { return strconv.Quote(strings.Join(parts, "")) }

// comment returns text of a spec for the end of a comment: an error if it would
// end the line, and the comment with it.
func comment(text string) (string, error) {
	if strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' }) {
		return "", fmt.Errorf("%q has more than one line", text)
	}
	return strings.TrimRightFunc(text, unicode.IsSpace), nil
}

// writer renders files; what it renders is decided before it starts.
type writer struct {
	templates *template.Template
	jobs      []job
}

// job is one file to render.
type job struct {
	path, template string
	view           any
	content        []byte
	pkg            string
	declared       []string // the names that the file adds to its package
	err            error
}

func (w *writer) add(path, template string, view any) {
	w.jobs = append(w.jobs, job{path: path, template: template, view: view})
}

// write renders all files, as many at once as there are processors, and returns
// them ordered by path.
func (w *writer) write() ([]File, error) {
	slices.SortFunc(w.jobs, func(a, b job) int { return strings.Compare(a.path, b.path) })
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range w.jobs {
		group.Go(func() error {
			w.jobs[i].render(w.templates)
			return nil
		})
	}
	_ = group.Wait() // errors stay with their files, so that all are reported
	var files []File
	var errs []error
	owner := map[string]string{} // package and name -> file
	for _, j := range w.jobs {
		for _, name := range j.declared {
			key := path.Dir(j.path) + " " + j.pkg + "." + name
			if other, taken := owner[key]; taken {
				j.err = fmt.Errorf("%s is declared in %s already; rename one of the services", name, path.Base(other))
			}
			owner[key] = j.path
		}
		if j.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", j.path, j.err))
		}
		files = append(files, File{Path: j.path, Content: j.content})
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return files, nil
}

// render prints, parses and formats one file.
func (j *job) render(templates *template.Template) {
	var printed bytes.Buffer
	if j.err = templates.ExecuteTemplate(&printed, j.template, j.view); j.err != nil {
		return
	}
	text, marked := cutMarks(printed.Bytes())
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, j.path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		j.err = err
		return
	}
	j.pkg, j.declared = parsed.Name.Name, declarations(parsed)
	j.content, j.err = formatted(text, marked, positions, parsed)
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
