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

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
	"ambi/target/traffic"
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
	// Data is what both share, which has a program of its own; nil for none.
	Data *data.Model
	// Traffic is what switches between both targets, which has a program of its own; nil for
	// none. First is the target that the spec names first.
	Traffic *traffic.Model
	First   spec.Target
}

// InputOf is what the program of a resolved app is generated from, for some of its
// targets.
func InputOf(r *target.Resolved, module string, targets ...spec.Target) Input {
	in := Input{App: r.App.Name, Module: module, First: r.App.Targets[0]}
	if !r.Data.Empty() {
		in.Data = &r.Data
	}
	if !r.Traffic.Empty() {
		in.Traffic = &r.Traffic
	}
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
	all, err := embedded()
	if err != nil {
		return nil, err
	}
	w, names := &writer{templates: all}, name(in)
	shared := newSharedView(in)
	w.addFolder("shared", "", shared)
	if in.Data != nil {
		w.addFolder("data/shared", "", shared)
		view := newDataView(in)
		w.addFolder("data/all", "data/", view)
		for _, name := range view.features {
			w.addFolder("data/features/"+name, "data/", view)
		}
		for _, one := range view.Data {
			w.add("stacks/data/"+one.File+".go", one.template(), one)
		}
		if slices.Contains(view.features, "group") {
			w.addFolder("data/network", "", shared)
		}
		if slices.Contains(view.features, "existing") {
			w.addFolder("data/existing", "", shared)
		}
	}
	if in.Traffic != nil {
		w.addFolder("traffic/all", "traffic/", newTrafficView(in))
		w.addFolder("traffic/shared", "", shared)
	}
	if in.Lambda != nil {
		view := newLambdaView(in, names)
		w.addFolder("lambda/all", "lambda/", view)
		for _, name := range view.features {
			w.addFolder("lambda/features/"+name, "lambda/", view)
		}
		for _, service := range view.Services {
			w.add("stacks/lambda/"+service.File+".go", "lambda/service.go.tmpl", service)
			w.add("stacks/lambda/"+service.File+"_test.go", "lambda/service_test.go.tmpl", service)
		}
	}
	if in.Kubernetes != nil {
		view := newKubernetesView(in, names)
		w.addFolder("kubernetes/all", "kubernetes/", view)
		for _, name := range view.features {
			w.addFolder("kubernetes/features/"+name, "kubernetes/", view)
		}
		for _, service := range view.Services {
			w.add("stacks/kubernetes/"+service.File+".go", "kubernetes/service.go.tmpl", service)
			w.add("stacks/kubernetes/"+service.File+"_test.go", "kubernetes/service_test.go.tmpl", service)
		}
	}
	return w.write()
}

// texts are what programs are made of: the embedded templates, and the files that
// are the same in every program that has them, whose names end in .txt.
type texts struct {
	templates *template.Template
	fixed     map[string][]byte   // by name
	folders   map[string][]string // the names of both in a folder and below it, sorted
}

// embedded reads the texts, once for a process. They never change.
//
//nolint:gochecknoglobals // a constant in all but name
var embedded = sync.OnceValues(func() (texts, error) {
	all := texts{template.New("").Option("missingkey=error"), map[string][]byte{}, map[string][]string{}}
	all.templates.Funcs(template.FuncMap{"quote": quote, "comment": comment, "wordList": wordList, "slot": all.slot})
	for _, folder := range []string{"shared", "lambda", "kubernetes", "data", "traffic"} {
		err := fs.WalkDir(templates.FS, folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			for above := path.Dir(name); above != "."; above = path.Dir(above) {
				all.folders[above] = append(all.folders[above], name)
			}
			text, err := templates.FS.ReadFile(name)
			if err != nil {
				return err
			}
			if strings.HasSuffix(name, ".txt") {
				all.fixed[name] = text
				return nil
			}
			_, err = all.templates.New(name).Parse(string(text))
			return err
		})
		if err != nil {
			return texts{}, err
		}
	}
	return all, nil
})

// featured is a view of something that has features.
type featured interface {
	featureNames() (target string, names []string)
}

// slot prints what the features of a view add to a place in a file: the templates
// that are named after target, feature and place, such as "kubernetes/ingress facts".
func (t texts) slot(place string, view featured) (string, error) {
	var b strings.Builder
	target, names := view.featureNames()
	for _, name := range names {
		if part := t.templates.Lookup(target + "/" + name + " " + place); part != nil {
			if err := part.Execute(&b, view); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

// quote returns the Go string literal of its parts joined: the only way in which
// a value of a spec reaches Go code.
func quote(parts ...string) string { return strconv.Quote(strings.Join(parts, "")) }

// wordList returns the words of a command as the elements of a list in Go: on one line
// where they are few.
func wordList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	if line := strings.Join(quoted, ", "); len(line) < 80 {
		return line
	}
	return "\n" + strings.Join(quoted, ",\n") + ",\n"
}

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
	templates texts
	jobs      []job
	fixed     []File
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

// addFolder adds the files that the texts of a folder become, below a folder of stacks/.
func (w *writer) addFolder(folder, below string, view any) {
	for _, name := range w.templates.folders[folder] {
		file := "stacks/" + below + strings.TrimPrefix(name, folder+"/")
		if text, ok := w.templates.fixed[name]; ok {
			w.fixed = append(w.fixed, File{Path: strings.TrimSuffix(file, ".txt"), Content: bytes.Clone(text)})
		} else {
			w.add(strings.TrimSuffix(file, ".tmpl"), name, view)
		}
	}
}

// write renders all files, as many at once as there are processors, and returns
// them ordered by path.
func (w *writer) write() ([]File, error) {
	slices.SortFunc(w.jobs, func(a, b job) int { return strings.Compare(a.path, b.path) })
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range w.jobs {
		group.Go(func() error {
			return problem.Guard(func() error {
				w.jobs[i].render(w.templates.templates)
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil { // a panic; errors stay with their files, so that all are reported
		return nil, err
	}
	files := w.fixed
	var errs []error
	owner := map[string]string{} // package and name -> file
	for _, j := range w.jobs {
		for _, name := range j.declared {
			key := path.Dir(j.path) + " " + j.pkg + "." + name
			if other, taken := owner[key]; taken {
				j.err = fmt.Errorf("%s is declared in %s already", name, path.Base(other))
			}
			owner[key] = j.path
		}
		if j.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", j.path, j.err))
		}
		files = append(files, File{Path: j.path, Content: j.content, TakesOver: takesOver(j.path)})
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// render prints, parses and formats one file.
func (j *job) render(templates *template.Template) {
	var printed bytes.Buffer
	if j.err = templates.ExecuteTemplate(&printed, j.template, j.view); j.err != nil {
		return
	}
	text, marked := cutMarks(printed.Bytes())
	parse := func() (*token.FileSet, *ast.File) {
		positions := token.NewFileSet()
		var parsed *ast.File
		parsed, j.err = parser.ParseFile(positions, j.path, text, parser.ParseComments|parser.SkipObjectResolution)
		return positions, parsed
	}
	positions, parsed := parse()
	if j.err != nil {
		return
	}
	if from, to, block, changed := usedImports(text, positions, parsed); changed {
		text = slices.Concat(text[:from], block, text[to:])
		for i := range marked {
			marked[i] += len(block) - (to - from)
		}
		if positions, parsed = parse(); j.err != nil {
			return
		}
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
