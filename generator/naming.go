package generator

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"ambi/internal/goname"
)

// names are what a service is called in emitted Go.
type names struct {
	Ident  string // begins its constants: api in apiMemoryMB
	Title  string // stands within its functions: API in newAPIFunction
	Local  string // its settings, as a variable
	File   string // the stem of its file
	Suffix string // follows the app's name in its resources' names
}

// naming is what all services are called.
type naming map[string]names

// suffix sets a service's name apart from what else has it.
const suffix = "Service"

// name gives each service names that nothing else in the program has. Templates and
// other services declare names too, so the program is rendered with the services'
// plain names first, to see which of them are taken.
func name(in Input) (naming, error) {
	all := naming{}
	for _, service := range in.services() {
		all[service] = names{
			Ident:  goname.Unexported(service),
			Title:  goname.Exported(service),
			Local:  "variable_of_" + goname.Unexported(service), // as no template and no service has it
			File:   goname.File(service, "service"),
			Suffix: "-" + service,
		}
	}
	for {
		w, err := render(in, all)
		if err != nil {
			return nil, err
		}
		if err := w.parse(); err != nil {
			return nil, err
		}
		taken := w.declared()
		clashing := taken.clashing()
		for _, service := range clashing {
			n := all[service]
			n.Ident, n.Title = n.Ident+suffix, n.Title+suffix
			all[service] = n
		}
		if len(clashing) == 0 {
			all.locals(in.services(), taken)
			return all, nil
		}
	}
}

// locals names the services' variables.
func (all naming) locals(services []string, taken declared) {
	var used []string
	for _, service := range services { // those that nothing is in the way of come first, so that they keep their names
		n := all[service]
		if local := goname.Unexported(service); !taken.local(local) {
			n.Local, used = local, append(used, local)
			all[service] = n
		}
	}
	for _, service := range services {
		n := all[service]
		for local := goname.Unexported(service); strings.Contains(n.Local, "_"); local += suffix {
			if !taken.local(local) && !slices.Contains(used, local) {
				n.Local, used = local, append(used, local)
			}
		}
		all[service] = n
	}
}

// services lists the services of both models.
func (in Input) services() []string {
	var list []string
	if in.Lambda != nil {
		for _, s := range in.Lambda.Services {
			list = append(list, s.Name)
		}
	}
	if in.Kubernetes != nil {
		for _, s := range in.Kubernetes.Services {
			list = append(list, s.Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// declared is what a program declares: by package and name.
type declared struct {
	global map[string][]*job // the files that declare it for their package
	within map[string]bool   // whether some function or import has it
	bound  map[string]bool   // names of either kind beside which a service's variable may stand
}

func (w *writer) declared() declared {
	d := declared{global: map[string][]*job{}, within: map[string]bool{}, bound: map[string]bool{}}
	services := map[string]bool{} // the folders that have files of services
	for _, j := range w.jobs {
		services[path.Dir(j.path)] = services[path.Dir(j.path)] || j.service != ""
	}
	for i := range w.jobs {
		j := &w.jobs[i]
		beside := services[path.Dir(j.path)] && !strings.HasSuffix(j.path, "_test.go") // a program knows nothing of its tests
		key := path.Dir(j.path) + " " + j.parsed.Name.Name + "."
		for _, name := range declarations(j.parsed) {
			d.global[key+name] = append(d.global[key+name], j)
			d.bound[name] = d.bound[name] || beside
		}
		for _, name := range inner(j.parsed) {
			d.within[key+name] = true
			d.bound[name] = d.bound[name] || beside
		}
	}
	return d
}

// clashing lists the services that declare a name which something else has: the
// templates, or a service before it.
func (d declared) clashing() []string {
	var list []string
	for key, jobs := range d.global {
		if len(jobs) == 1 && !d.within[key] {
			continue
		}
		owners := slices.DeleteFunc(slices.Clone(jobs), func(j *job) bool { return j.service == "" })
		slices.SortFunc(owners, func(a, b *job) int { return strings.Compare(a.service, b.service) })
		if len(owners) == len(jobs) && !d.within[key] {
			owners = owners[1:] // the first may keep it
		}
		for _, j := range owners {
			list = append(list, j.service)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// local reports whether a variable of a service cannot have a name.
func (d declared) local(name string) bool {
	return d.bound[name] || token.IsKeyword(name) || types.Universe.Lookup(name) != nil
}

// inner lists the names that a file imports, and those that its functions declare.
func inner(file *ast.File) []string {
	var list []string
	add := func(e ast.Expr) {
		if ident, ok := e.(*ast.Ident); ok && ident.Name != "_" {
			list = append(list, ident.Name)
		}
	}
	for _, i := range file.Imports {
		if i.Name != nil {
			add(i.Name)
		} else if imported, err := strconv.Unquote(i.Path.Value); err == nil {
			list = append(list, path.Base(imported))
		}
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if f.Recv != nil {
			for _, field := range f.Recv.List {
				for _, ident := range field.Names {
					add(ident)
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncType:
				for _, fields := range []*ast.FieldList{n.TypeParams, n.Params, n.Results} {
					if fields == nil {
						continue
					}
					for _, field := range fields.List {
						for _, ident := range field.Names {
							add(ident)
						}
					}
				}
			case *ast.AssignStmt:
				if n.Tok == token.DEFINE {
					for _, left := range n.Lhs {
						add(left)
					}
				}
			case *ast.RangeStmt:
				if n.Tok == token.DEFINE {
					add(n.Key)
					add(n.Value)
				}
			case *ast.ValueSpec:
				for _, ident := range n.Names {
					add(ident)
				}
			case *ast.TypeSpec:
				add(n.Name)
			}
			return true
		})
	}
	return list
}
