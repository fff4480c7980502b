// Package cloudformation reads templates of CloudFormation and of AWS SAM into a draft of a
// spec. Functions become services, with what starts them; queues, buckets and tables become
// data; everything else is left out, with the reason.
//
// Templates are read from the tree of their values and not into a library's types: each value
// keeps its place for the report, and a reference that only AWS can resolve stays visible
// where a library puts null or nothing.
package cloudformation

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/functions"
	"ambi/importer/source"
)

// Recognize reports whether a document is a template.
func Recognize(d source.Document) bool {
	if d.Root.Kind != source.Map {
		return false
	}
	resources := d.Root.Get("Resources")
	if d.Root.Has("AWSTemplateFormatVersion") && resources != nil {
		return true
	}
	if resources == nil || resources.Kind != source.Map {
		return false
	}
	return slices.ContainsFunc(resources.Keys, func(name string) bool {
		return strings.HasPrefix(resources.Get(name, "Type").String(), "AWS::")
	})
}

// Claim picks the template of a folder by the names that the tools of SAM look for.
func Claim(names []string) []string {
	for _, name := range []string{"template.yaml", "template.yml", "template.json"} {
		if slices.Contains(names, name) && (slices.Contains(names, "samconfig.toml") || slices.Contains(names, "samconfig.yaml")) {
			return []string{name}
		}
	}
	return nil
}

// Import makes a draft of templates. An empty name is made of their files.
func Import(documents []source.Document, name string, folder source.Folder, report *draft.Report) *draft.App {
	documents = slices.DeleteFunc(slices.Clone(documents), func(d source.Document) bool { return !Recognize(d) })
	file := strings.TrimSuffix(path.Base(documents[0].File), path.Ext(documents[0].File))
	if file == "template" || file == "sam" {
		file = ""
	}
	called := cmp.Or(name, file, folder.Name, "app")
	if len(documents) > 1 {
		called = cmp.Or(name, folder.Name, file, "app")
	}
	app := &functions.App{App: &draft.App{Name: draft.AppName(called)}, Usual: functions.Usual{Memory: 128, Timeout: 3}}
	for _, d := range documents {
		t := NewTemplate(d.Root)
		Read(app, t, t.present(report), report)
		for _, key := range d.Root.Keys {
			if n := d.Root.Child(key); key == "Outputs" || key == "Hooks" || key == "Rules" {
				report.Object("template", n).Leave(n, "stacks have outputs of their own", false)
			}
		}
	}
	app.Write()
	return app.App
}

// present are the resources of a template that its conditions let be, expanded.
func (t *Template) present(report *draft.Report) *source.Node {
	all := t.root.Get("Resources")
	out := all.Empty(source.Map)
	for _, name := range all.Keys {
		n := all.Child(name)
		if condition := n.Get("Condition"); condition != nil {
			if holds, known := t.Condition(condition.String()); known && !holds {
				kind := n.Get("Type").String()
				report.Object(kind+" "+name, n).Leave(n, "its condition "+condition.String()+" does not hold with the parameters' defaults", false)
				continue
			}
		}
		if expanded := t.Expand(n); expanded != nil && expanded.Kind == source.Map {
			out.Put(name, expanded)
		}
	}
	return out
}

// reading is the resources of one template while they are read.
type reading struct {
	app       *functions.App
	t         *Template
	report    *draft.Report
	resources *source.Node
	objects   map[string]draft.Object
	functions map[string]*functions.Function
	globals   *source.Node
	told      map[string]bool // places of roles from outside
	used      map[string]bool // resources that became something, or a part of it
}

// Read reads the resources of a template: their functions, what starts them, and data. They are
// expanded.
func Read(app *functions.App, t *Template, resources *source.Node, report *draft.Report) {
	ReadWith(app, t, resources, report, nil)
}

// ReadWith is Read where other files have functions that resources refer to, by their logical
// names.
func ReadWith(app *functions.App, t *Template, resources *source.Node, report *draft.Report, others map[string]*functions.Function) {
	r := &reading{app: app, t: t, report: report, resources: resources, objects: map[string]draft.Object{}, functions: map[string]*functions.Function{}, used: map[string]bool{}, told: map[string]bool{}}
	for name, f := range others {
		r.functions[name] = f
	}
	r.globals = t.Expand(t.root.Get("Globals"))
	for _, name := range resources.Keys {
		n := resources.Child(name)
		r.objects[name] = report.Object(strings.TrimPrefix(n.Get("Type").String(), "AWS::")+" "+name, n)
		r.objects[name].Skip(n.Child("Type"), n.Child("Condition"), n.Child("DependsOn"), n.Child("Metadata"), n.Child("DeletionPolicy"), n.Child("UpdateReplacePolicy"))
	}
	r.data()
	for _, f := range app.Functions {
		if f.Role != nil {
			r.role(f, f.Role)
			f.Role = nil
		}
	}
	r.find("AWS::Serverless::Function", r.serverless)
	r.find("AWS::Lambda::Function", r.plain)
	r.connect()
	r.rest()
}

// find deals with the resources of a type.
func (r *reading) find(kind string, with func(name string, n *source.Node)) {
	for _, name := range r.resources.Keys {
		if n := r.resources.Child(name); n.Get("Type").String() == kind {
			with(name, n)
		}
	}
}

// target is the resource that a value refers to.
func (r *reading) target(n *source.Node) (name string, resource *source.Node) {
	name, _ = functions.Refers(n)
	if name == "" {
		if n != nil && r.resources.Has(n.Text) && n.Why == "" {
			name = n.Text
		}
	}
	return name, r.resources.Get(name)
}
