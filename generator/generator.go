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
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"golang.org/x/sync/errgroup"

	"ambi/spec"
	"ambi/target"
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

// InputOf is what the program of a resolved app is generated from, for some of its
// targets.
func InputOf(r *target.Resolved, module string, targets ...spec.Target) Input {
	in := Input{App: r.App.Name, Module: module}
	if slices.Contains(targets, spec.Lambda) {
		in.Lambda = &r.Lambda
	}
	if slices.Contains(targets, spec.Kubernetes) {
		in.Kubernetes = &r.Kubernetes
	}
	return in
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
// of the spec.
func Generate(in Input) ([]File, error) {
	parts, err := embedded()
	if err != nil {
		return nil, err
	}
	names, err := name(in)
	if err != nil {
		return nil, err
	}
	w, err := render(in, names)
	if err != nil {
		return nil, err
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

// render lists the files of a program in which services have the given names.
func render(in Input, names naming) (*writer, error) {
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
		view := newLambdaView(in, names)
		for _, name := range []string{"stack", "gateway", "policy", "alarms"} {
			w.add("stacks/lambda/"+name+".go", "lambda/"+name+".go.tmpl", view)
			w.add("stacks/lambda/"+name+"_test.go", "lambda/"+name+"_test.go.tmpl", view)
		}
		for _, service := range view.Services {
			w.addService(service.Name, "stacks/lambda/"+service.File+".go", "lambda/service.go.tmpl", service)
			w.addService(service.Name, "stacks/lambda/"+service.File+"_test.go", "lambda/service_test.go.tmpl", service)
		}
	}
	if in.Kubernetes != nil {
		view := newKubernetesView(in, names)
		w.add("stacks/kubernetes/stack.go", "kubernetes/stack.go.tmpl", view)
		w.add("stacks/kubernetes/stack_test.go", "kubernetes/stack_test.go.tmpl", view)
		for _, service := range view.Services {
			w.addService(service.Name, "stacks/kubernetes/"+service.File+".go", "kubernetes/service.go.tmpl", service)
			w.addService(service.Name, "stacks/kubernetes/"+service.File+"_test.go", "kubernetes/service_test.go.tmpl", service)
		}
	}
	return w, nil
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
	service        string // whose file it is; empty for one that all share
	view           any
	text           []byte // as it is printed
	marked         []int
	positions      *token.FileSet
	parsed         *ast.File
	content        []byte // as it is written
	err            error
}

func (w *writer) add(path, template string, view any) { w.addService("", path, template, view) }

func (w *writer) addService(service, path, template string, view any) {
	w.jobs = append(w.jobs, job{path: path, template: template, service: service, view: view})
}

// each does something to all files, as many at once as there are processors.
func (w *writer) each(do func(j *job)) error {
	slices.SortFunc(w.jobs, func(a, b job) int { return strings.Compare(a.path, b.path) })
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range w.jobs {
		group.Go(func() error {
			do(&w.jobs[i])
			return nil
		})
	}
	_ = group.Wait() // errors stay with their files, so that all are reported
	var errs []error
	for _, j := range w.jobs {
		if j.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", j.path, j.err))
		}
	}
	return errors.Join(errs...)
}

// parse prints and parses all files.
func (w *writer) parse() error {
	return w.each(func(j *job) { j.parse(w.templates) })
}

// write renders all files, and returns them ordered by path.
func (w *writer) write() ([]File, error) {
	err := w.each(func(j *job) {
		if j.parse(w.templates); j.err == nil {
			j.content, j.err = formatted(j.text, j.marked, j.positions, j.parsed)
		}
	})
	if err != nil {
		return nil, err
	}
	var files []File
	for _, j := range w.jobs {
		files = append(files, File{Path: j.path, Content: j.content})
	}
	return files, nil
}

// parse prints and parses one file.
func (j *job) parse(templates *template.Template) {
	var printed bytes.Buffer
	if j.err = templates.ExecuteTemplate(&printed, j.template, j.view); j.err != nil {
		return
	}
	j.text, j.marked = cutMarks(printed.Bytes())
	j.positions = token.NewFileSet()
	j.parsed, j.err = parser.ParseFile(j.positions, j.path, j.text, parser.ParseComments|parser.SkipObjectResolution)
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
