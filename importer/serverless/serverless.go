// Package serverless reads the files of the Serverless Framework, serverless.yml, into a draft
// of a spec. Functions become services, with what starts them; the CloudFormation that a file
// has under resources is read as templates of CloudFormation are.
package serverless

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"ambi/importer/cloudformation"
	"ambi/importer/draft"
	"ambi/importer/functions"
	"ambi/importer/source"
)

// Recognize reports whether a document is a file of the Serverless Framework.
func Recognize(d source.Document) bool {
	return d.Root.Get("service") != nil && (d.Root.Get("provider") != nil || d.Root.Get("functions") != nil) && d.Root.Get("services") == nil
}

// Claim picks the file of a folder.
func Claim(names []string) []string {
	for _, name := range []string{"serverless.yml", "serverless.yaml", "serverless.json"} {
		if slices.Contains(names, name) {
			return []string{name}
		}
	}
	return nil
}

// Import makes a draft of files. An empty name is the first file's own.
func Import(documents []source.Document, name string, folder source.Folder, report *draft.Report) *draft.App {
	documents = slices.DeleteFunc(slices.Clone(documents), func(d source.Document) bool { return !Recognize(d) })
	app := &functions.App{App: &draft.App{}, Usual: functions.Usual{Memory: 1024, Timeout: 6}}
	for i, d := range documents {
		r := &resolver{root: d.Root, open: map[string]bool{}}
		root := r.expand(d.Root, 0)
		if cloud := cmp.Or(root.Get("provider", "name"), root.Get("provider")); cloud.Kind == source.Scalar && cloud.Text != "aws" {
			report.Object("file", d.Root).Leave(cloud, "ambi reads functions of AWS alone", true)
			continue
		}
		if app.Name == "" || i == 0 {
			service := cmp.Or(root.Get("service", "name"), root.Get("service"))
			if service != nil && service.Why != "" {
				service = nil
			}
			app.Name = draft.AppName(cmp.Or(name, service.String(), folder.Name))
		}
		read(app, root, report)
	}
	app.Write()
	return app.App
}

// reading is one file while it is read.
type reading struct {
	app      *functions.App
	root     *source.Node
	provider *source.Node
	report   *draft.Report
	buckets  map[string]bool // that events name
	checks   map[string]bool // functions that authorize calls of others
}

func read(app *functions.App, root *source.Node, report *draft.Report) {
	r := &reading{app: app, report: report, buckets: map[string]bool{}, checks: map[string]bool{}}
	resources, template := r.resources(root)
	t := cloudformation.NewTemplate(template)
	// References of CloudFormation's stand in functions and their settings too.
	r.root = t.Expand(root)
	r.provider = r.root.Get("provider")
	all := map[string]*functions.Function{}
	for _, section := range functions.Items(r.root.Get("functions")) {
		if section.Kind != source.Map {
			report.Object("functions", section).Leave(section, "is not read: import that file's functions by writing them here", true)
			continue
		}
		for _, name := range section.Keys {
			if n := section.Child(name); n.Kind == source.Map {
				all[Logical(name)] = r.function(name, n)
			} else {
				report.Object("function "+name, n).Leave(n, "is not read: write the function here", true)
			}
		}
	}
	for name := range r.checks {
		if f := all[Logical(name)]; f != nil {
			f.Others = append(f.Others, "an API that asks it who may call")
		}
	}
	cloudformation.ReadWith(app, t, resources, report, all)
	r.rest()
}

// Logical is the name that the framework gives a function's resource.
// Source: https://www.serverless.com/framework/docs/providers/aws/guide/resources
func Logical(name string) string {
	runes := []rune(strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name))
	if len(runes) > 0 {
		runes[0] = unicode.ToUpper(runes[0])
	}
	return string(runes) + "LambdaFunction"
}

// resources are those of CloudFormation that a file has, and the template that they make.
func (r *reading) resources(root *source.Node) (resources, template *source.Node) {
	template = root.Empty(source.Map)
	merged := map[string]*source.Node{}
	for _, n := range functions.Items(root.Get("resources")) {
		if n.Kind != source.Map {
			r.report.Object("resources", n).Leave(n, "is not read: import the file with these resources as a template of its own", true)
			continue
		}
		for _, section := range []string{"Resources", "Conditions", "Mappings", "Parameters"} {
			below := n.Get(section)
			if below == nil || below.Kind != source.Map {
				continue
			}
			if merged[section] == nil {
				merged[section] = below.Empty(source.Map)
				template.Put(section, merged[section])
			}
			for _, key := range below.Keys {
				merged[section].Put(key, below.Child(key))
			}
		}
		for _, section := range []string{"Outputs", "extensions"} {
			if below := n.Get(section); below != nil {
				r.report.Object("resources", below).Leave(below, "stacks have outputs and changes of their own", section == "extensions")
			}
		}
	}
	t := cloudformation.NewTemplate(template)
	resources = root.Empty(source.Map)
	if all := merged["Resources"]; all != nil {
		if expanded := t.Expand(all); expanded.Kind == source.Map {
			for _, key := range expanded.Keys {
				if expanded.Child(key).Kind == source.Map {
					resources.Put(key, expanded.Child(key))
				}
			}
		}
	}
	return resources, template
}

// function reads one function.
// Source: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
func (r *reading) function(name string, n *source.Node) *functions.Function {
	get := func(key string) *source.Node { return cmp.Or(n.Get(key), r.provider.Get(key)) }
	f := &functions.Function{
		Object: r.report.Object("function "+name, n), Name: name, Node: n,
		Handler: n.Get("handler"), Runtime: get("runtime"), Memory: get("memorySize"), Timeout: get("timeout"), Architecture: get("architecture"),
		Reserved: n.Get("reservedConcurrency"), Provisioned: n.Get("provisionedConcurrency"), Retention: get("logRetentionInDays"),
		VPC: get("vpc"), Layers: get("layers"), Tracing: cmp.Or(n.Get("tracing"), r.provider.Get("tracing", "lambda")),
	}
	if f.Layers != nil && len(f.Layers.List()) == 0 {
		f.Layers = nil
	}
	r.image(f, n.Get("image"))
	for _, all := range []*source.Node{r.provider.Get("environment"), n.Get("environment")} {
		switch {
		case all == nil:
		case all.Kind != source.Map:
			f.Leave(all, "is not read: write the variables here", true)
		default:
			for _, key := range all.Keys {
				f.Variables = slices.DeleteFunc(f.Variables, func(v functions.Variable) bool { return v.Name == key })
				f.Variables = append(f.Variables, functions.Variable{Name: key, At: all.Child(key)})
			}
		}
	}
	r.rights(f, n)
	if url := n.Get("url"); url != nil && url.String() != "false" {
		t := functions.Trigger{Object: f.Object, Kind: "http", At: url, HTTP: &functions.HTTP{Routes: []string{"ANY /", "ANY /{path+}"}, At: url, Why: functions.URL}}
		if kind := url.Get("authorizer"); kind != nil {
			t.HTTP.Authorizer = &functions.Authorizer{At: kind, Kind: "callers with rights in AWS"}
		}
		f.Triggers = append(f.Triggers, t)
	}
	for _, event := range n.Get("events").List() {
		r.event(f, event)
	}
	r.app.Functions = append(r.app.Functions, f)
	r.app.Later = append(r.app.Later, func() {
		f.Rest(n, saysNothing, func(v *source.Node) (string, bool) { return why(strings.TrimPrefix(v.Path, "functions."+name+".")) })
	})
	return f
}

func saysNothing(n *source.Node) bool { return n.Leaves() == 0 || n.Kind == source.Null }

// image reads what a function runs, where it is an image: its name, or one of the provider's.
func (r *reading) image(f *functions.Function, n *source.Node) {
	if n == nil {
		return
	}
	name := n
	if n.Kind == source.Map {
		if name = cmp.Or(n.Get("uri"), n.Get("name")); name == nil {
			return
		}
		f.EntryPoint, f.Command = n.Get("entryPoint"), n.Get("command")
	}
	if of := r.provider.Get("ecr", "images", name.Text); of != nil {
		f.Skip(name)
		switch {
		case of.Kind == source.Scalar:
			f.Image = of
		case of.Get("uri") != nil:
			f.Image = of.Get("uri")
		default:
			f.Built = of
		}
		return
	}
	f.Image = name
}

// rights reads what a function may do: its own statements, or those of all functions.
func (r *reading) rights(f *functions.Function, n *source.Node) {
	own := n.Get("iamRoleStatements")
	all := []*source.Node{own}
	if own == nil || n.Get("iamRoleStatementsInherit").String() == "true" {
		all = append(all, r.provider.Get("iamRoleStatements"), r.provider.Get("iam", "role", "statements"))
	}
	for _, list := range all {
		for _, s := range functions.Items(list) {
			if s.Kind == source.Map {
				f.Statements = append(f.Statements, functions.StatementOf(s))
			} else {
				f.RoleOutside = true
				f.Leave(s, "is not read: write what it may do under permissions", true)
			}
		}
	}
	for _, policies := range []*source.Node{r.provider.Get("iam", "role", "managedPolicies"), r.provider.Get("iamManagedPolicies")} {
		if policies != nil {
			f.RoleOutside = true
		}
	}
	for _, role := range []*source.Node{r.provider.Get("iam", "role"), r.provider.Get("role"), n.Get("role")} {
		if role != nil && role.Kind == source.Scalar {
			f.Role = role
		}
	}
}
