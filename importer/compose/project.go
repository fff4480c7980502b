package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// Bounds of what files may refer to.
const (
	mostFiles  = 100      // that extends, include and env_file name
	mostBytes  = 16 << 20 // that they read, a file of variables each time
	mostValues = 50_000   // that services have from others that they extend
)

// project is what the files of an app say together.
type project struct {
	folder   source.Folder
	report   *draft.Report
	expander expander
	places   map[string]place // by file
	opened   map[string]*opened
	bytes    int // read so far
	includes int
	values   int
	root     *source.Node
}

// place is what the paths and references of a file start from.
type place struct {
	folder string
	find   lookup
}

// opened is a file that another one refers to.
type opened struct {
	text      []byte
	documents []source.Document // once it was read as a Compose file
	why       string            // why it was not read
}

// load lays the documents over one another, in their order.
func load(documents []source.Document, folder source.Folder, report *draft.Report) *project {
	p := &project{folder: folder, report: report, places: map[string]place{}, opened: map[string]*opened{}}
	nothing := func(string) (string, bool) { return "", false }
	home := place{folder.Path, p.variables(folder.Path, []string{".env"}, nothing)}
	for _, d := range documents {
		p.places[d.File] = home
		p.root = lay(p.root, p.model(d.Root, []string{d.File}))
	}
	return p
}

// lay lays one file over another.
func lay(under, over *source.Node) *source.Node {
	if under == nil {
		return over
	}
	out := like(under, source.Map)
	for _, n := range []*source.Node{under, over} {
		for _, key := range n.Keys {
			value := n.Child(key)
			if below := out.Child(key); below != nil {
				value = layBelow(below, value)
			}
			out.Put(key, value)
		}
	}
	return out
}

// layBelow merges what two files have at the top, such as their services: what has one
// name in both is merged.
func layBelow(under, over *source.Node) *source.Node {
	if under.Kind != source.Map || over.Kind != source.Map {
		return merged(under, over, "-")
	}
	out := like(under, source.Map)
	for _, key := range under.Keys {
		out.Put(key, under.Child(key))
	}
	for _, key := range over.Keys {
		value := over.Child(key)
		if below := out.Child(key); below != nil {
			value = merged(below, value, "")
		}
		out.Put(key, value)
	}
	return out
}

// model is what one file says: its services in their long form, with what they extend, and
// all that it includes below it. files are those on the way to it.
func (p *project) model(root *source.Node, files []string) *source.Node {
	out := like(root, source.Map)
	for _, key := range root.Keys {
		if key != "services" && key != "include" {
			out.Put(key, root.Child(key).Clone())
		}
	}
	if services := root.Get("services"); services != nil {
		all := like(services, source.Map)
		for _, name := range services.Keys {
			all.Put(name, p.extended(name, services, nil))
		}
		out.Put("services", all)
	}
	var below *source.Node
	for _, n := range p.listOf(root.Get("include")) {
		if included := p.include(n, files); included != nil {
			below = lay(below, included)
		}
	}
	return lay(below, out)
}

// listOf are the items of a list, or the one value that stands for it.
func (p *project) listOf(n *source.Node) []*source.Node {
	if n == nil || n.Kind == source.List {
		return n.List()
	}
	return []*source.Node{n}
}

// extended is a service laid over the one that it extends. chain are the services on the
// way to it.
func (p *project) extended(name string, services *source.Node, chain []*source.Node) *source.Node {
	n := services.Child(name)
	if n == nil || n.Kind != source.Map {
		return n
	}
	own := normal(n)
	extends := n.Get("extends")
	if extends == nil {
		return own
	}
	own.Remove("extends")
	o := p.report.Object("service "+name, n)
	if p.values > mostValues {
		o.Leave(extends, "unfolds into too many values", true)
		return own
	}
	base, why := p.base(n, extends, services, chain)
	if why != "" {
		o.Leave(extends, why, true)
		return own
	}
	p.values += base.Leaves()
	o.Carry(extends, "services")
	return merged(base, own, "")
}

// base is the service that another one extends.
func (p *project) base(n, extends, services *source.Node, chain []*source.Node) (base *source.Node, why string) {
	chain = append(slices.Clone(chain), n)
	name := extends
	if extends.Kind == source.Map {
		name = extends.Get("service")
		if file := extends.Get("file"); file != nil {
			at, documents, why := p.documents(file)
			if why != "" {
				return nil, why
			}
			p.places[at] = place{path.Dir(at), p.places[n.File].find}
			services = documents[0].Root.Get("services")
		}
	}
	text, why := p.text(name)
	if why != "" {
		return nil, why
	}
	target := services.Get(text)
	switch {
	case target == nil || target.Kind != source.Map:
		return nil, "there is no service " + text + " to extend"
	case slices.ContainsFunc(chain, func(c *source.Node) bool {
		return c.File == target.File && c.Line == target.Line && c.Path == target.Path
	}):
		return nil, "extends itself"
	case len(chain) > deepest:
		return nil, "extends too many services"
	}
	return p.extended(text, services, chain), ""
}

// include is the model of what one entry under include names; nil where it cannot be read.
func (p *project) include(n *source.Node, files []string) *source.Node {
	o := p.report.Object("include", n)
	paths := p.listOf(n)
	if n.Kind == source.Map {
		paths = p.listOf(n.Get("path"))
	}
	around := p.places[n.File]
	var model *source.Node
	inner := place{}
	for i, one := range paths {
		at, documents, why := p.documents(one)
		switch {
		case why != "":
		case slices.Contains(files, at):
			why = "includes itself"
		case p.includes >= mostFiles:
			why = "is one of too many files that are included"
		}
		if why != "" {
			o.Leave(n, why, true)
			return nil
		}
		p.includes++
		if i == 0 {
			inner.folder = path.Dir(at)
			if of, _ := p.text(n.Get("project_directory")); n.Kind == source.Map && of != "" {
				inner.folder = path.Join(around.folder, of)
			}
			inner.find = p.variables(inner.folder, []string{".env"}, around.find)
			if own := p.listOf(n.Get("env_file")); n.Kind == source.Map && len(own) > 0 {
				var names []string
				for _, name := range own {
					text, _ := p.text(name)
					names = append(names, text)
				}
				inner.find = p.variables(around.folder, names, around.find)
			}
		}
		p.places[at] = inner
		for _, d := range documents {
			model = lay(model, p.model(d.Root, append(slices.Clone(files), at)))
		}
	}
	o.Carry(n, "services")
	return model
}

// variables finds those that the files of a folder give, if what is around gives none.
func (p *project) variables(folder string, names []string, around lookup) lookup {
	known := map[string]string{}
	find := func(name string) (string, bool) {
		if value, ok := around(name); ok {
			return value, true
		}
		value, ok := known[name]
		return value, ok
	}
	for _, name := range names {
		at, text, why := p.openAt(folder, name)
		if why != "" {
			continue
		}
		all, _ := readEnvFile(at, text, false, &p.expander, find)
		for _, v := range all {
			if v.why == "" {
				known[v.name] = v.node.Text
			}
		}
	}
	return find
}

// text is what a scalar says once its references have values; why says which one has none.
func (p *project) text(n *source.Node) (text, why string) {
	if n == nil || n.Kind != source.Scalar {
		return "", ""
	}
	find := p.places[n.File].find
	if find == nil {
		find = func(string) (string, bool) { return "", false }
	}
	return p.expander.expand(n.Text, find)
}

// open reads a file that a value refers to.
func (p *project) open(n *source.Node) (at string, text []byte, why string) {
	name, why := p.text(n)
	if why != "" {
		return "", nil, why
	}
	return p.openAt(p.places[n.File].folder, name)
}

// openAt reads a file by its path from a folder.
func (p *project) openAt(folder, name string) (at string, text []byte, why string) {
	at, o := p.fileAt(folder, name)
	if p.bytes += len(o.text); p.bytes > mostBytes {
		return at, nil, "is not read: too much text is referred to"
	}
	return at, o.text, o.why
}

// documents are those of a file that a value refers to, which is read once.
func (p *project) documents(n *source.Node) (at string, documents []source.Document, why string) {
	name, why := p.text(n)
	if why != "" {
		return "", nil, why
	}
	at, o := p.fileAt(p.places[n.File].folder, name)
	if o.why == "" && o.documents == nil {
		if p.bytes += len(o.text); p.bytes > mostBytes {
			return at, nil, "is not read: too much text is referred to"
		}
		var err error
		if o.documents, err = source.Read(source.File{Name: at, Text: o.text}); err != nil || len(o.documents) == 0 {
			o.why = "is in " + at + ", which is no Compose file"
		}
	}
	return at, o.documents, o.why
}

// fileAt finds a file by its path from a folder. Nothing outside of the app's folder is read.
func (p *project) fileAt(folder, name string) (at string, o *opened) {
	within, why := "", ""
	switch at = path.Join(folder, name); {
	case name == "":
		why = "names no file"
	case strings.Contains(name, "://"), strings.HasPrefix(name, "git@"), strings.HasPrefix(name, "oci:"):
		why = "is not on this machine: import its file too"
	case path.IsAbs(name), strings.HasPrefix(name, "~"), strings.Contains(name, `\`):
		why = outside
	default:
		within, why = p.within(at)
	}
	if why != "" {
		return at, &opened{why: why}
	}
	if p.opened[at] == nil {
		p.opened[at] = p.read(within)
	}
	return at, p.opened[at]
}

const outside = "is outside of the app's folder, where nothing is read"

// within is the path of a file from the app's folder.
func (p *project) within(at string) (within, why string) {
	if p.folder.Path != "." && p.folder.Path != "" {
		rest, ok := strings.CutPrefix(at, strings.TrimSuffix(p.folder.Path, "/")+"/")
		if !ok {
			return "", outside
		}
		at = rest
	}
	if at == ".." || strings.HasPrefix(at, "../") {
		return "", outside
	}
	return at, ""
}

// read reads a file by its path from the app's folder.
func (p *project) read(within string) *opened {
	switch {
	case p.folder.Open == nil:
		return &opened{why: "is not read: only files beside the app's own are"}
	case len(p.opened) >= mostFiles:
		return &opened{why: fmt.Sprintf("is not read: more than %d files are referred to", mostFiles)}
	}
	text, err := p.folder.Open(within)
	if err != nil {
		return &opened{why: "is not in the app's folder, or cannot be read"}
	}
	return &opened{text: text}
}
