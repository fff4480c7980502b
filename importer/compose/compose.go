// Package compose reads Docker Compose files into a draft of a spec. Each service becomes one
// of the spec, but for databases and the like; files that override, extend or include others
// are laid over one another as Compose does.
//
// Compose's own library, github.com/compose-spec/compose-go, does not read the files here;
// the tests hold what is read to what it makes of the same files. It gives values no places,
// it fails a file as a whole where one value is wrong, and it makes an unset variable empty,
// where an import reports each value with its place and goes on. It opens what files
// refer to by itself, in any folder, and it puts no bounds on what a small file unfolds
// into: ranges of ports, variables within variables.
package compose

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// Recognize reports whether a document is a Compose file: by its services, or by its name
// where it has none.
func Recognize(d source.Document) bool {
	if d.Root.Kind != source.Map || d.Root.Has("apiVersion") || d.Root.Has("kind") {
		return false
	}
	if named(path.Base(d.File)) && (d.Root.Has("services") || d.Root.Has("include") || d.Root.Has("volumes") || d.Root.Has("networks")) {
		return true
	}
	services := d.Root.Get("services")
	if services == nil || services.Kind != source.Map {
		return len(d.Root.Keys) > 0 && d.Root.Has("services") && services == nil // empty, which the report says
	}
	return slices.ContainsFunc(services.Keys, func(name string) bool {
		s := services.Get(name)
		return s.Get("image") != nil || s.Get("build") != nil || s.Get("extends") != nil
	})
}

// named reports whether a file is called as Compose files are.
func named(name string) bool {
	return (strings.HasPrefix(name, "compose") || strings.HasPrefix(name, "docker-compose")) && isYAML(name)
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// Claim picks the files that stand for a folder, as Compose does: the file with Compose's
// own name at its top, and the one that overrides it. Names are from the folder.
func Claim(names []string) []string {
	for _, base := range []string{"compose", "docker-compose"} {
		for _, ending := range []string{".yaml", ".yml"} {
			if !slices.Contains(names, base+ending) {
				continue
			}
			claimed := []string{base + ending}
			for _, ending := range []string{".yaml", ".yml"} {
				if over := base + ".override" + ending; slices.Contains(names, over) {
					return append(claimed, over)
				}
			}
			return claimed
		}
	}
	return nil
}

// importer gathers what one import knows.
type importer struct {
	*project
	app      *draft.App
	services []*service
	outside  []*service // that stay outside of the app, such as databases
	hosts    map[string]*service
}

// service is one of Compose's.
type service struct {
	draft.Object
	name     string
	node     *source.Node
	draft    *draft.Service // nil where it stays outside
	image    string
	kind     kind       // of what stays outside
	users    []*service // of what becomes data
	named    string     // what the data that it becomes is called
	address  int        // the port of its health check; 0 without one
	labelled int        // the port that its labels say; 0 without one

	variables map[string]*source.Node // of the spec, by name
}

// Import makes a draft of Compose files. An empty name is made of them.
func Import(documents []source.Document, name string, folder source.Folder, report *draft.Report) *draft.App {
	documents = slices.Clone(documents)
	documents = slices.DeleteFunc(documents, func(d source.Document) bool { return !Recognize(d) })
	slices.SortStableFunc(documents, func(a, b source.Document) int { return cmp.Compare(overrides(a.File), overrides(b.File)) })
	im := &importer{project: load(documents, folder, report), app: &draft.App{}, hosts: map[string]*service{}}
	im.name(name)
	im.find()
	for _, s := range im.services {
		im.start(s)
	}
	for _, s := range im.services {
		im.fill(s)
	}
	for _, s := range im.services {
		im.callees(s)
		im.uses(s)
	}
	im.data()
	for _, s := range im.services {
		im.order(s)
		im.rest(s)
	}
	im.others()
	im.app.Settle()
	return im.app
}

// overrides is 1 of files that Compose lays over the others by their name.
func overrides(name string) int {
	if strings.Contains(path.Base(name), ".override.") {
		return 1
	}
	return 0
}

// name names the app: as it is told, as the files say, or as their folder.
func (im *importer) name(given string) {
	n := im.root.Get("name")
	text, why := im.text(n)
	if why != "" {
		text = ""
	}
	im.app.Name = draft.AppName(cmp.Or(given, text, im.folder.Name))
	top := im.report.Object("project", im.root)
	if n != nil {
		top.Carry(n, "name")
	}
	top.Skip(im.root.Child("version"))
}

// mostServices bounds an app: finding who calls whom takes time that grows faster than it.
const mostServices = 1000

// find finds the services, and those that stay outside the app.
func (im *importer) find() {
	services := im.root.Get("services")
	if services == nil || services.Kind != source.Map || len(services.Keys) == 0 {
		at := services
		if at == nil {
			at = im.root
		}
		im.report.Object("project", im.root).Leave(at, "has no mapping services with a service in it", true)
		return
	}
	var all []*service
	for _, name := range services.Keys {
		n := services.Child(name)
		s := &service{Object: im.report.Object("service "+name, n), name: name, node: n, variables: map[string]*source.Node{}}
		switch {
		case n.Kind != source.Map:
			s.Leave(n, "must be a mapping with an image or a build", true)
			continue
		case len(all) == mostServices:
			s.Leave(n, "is one of too many services", true)
			continue
		}
		withoutResets(n)
		s.image, _ = im.text(n.Get("image"))
		for _, host := range im.hostsOf(s) {
			if im.hosts[host] == nil || host == name {
				im.hosts[host] = s
			}
		}
		all = append(all, s)
	}
	beside := func(s *service) (kind, bool) {
		kind, known := kindOf(s.image)
		return kind, known && s.node.Get("build") == nil
	}
	always := slices.ContainsFunc(all, func(s *service) bool {
		_, known := beside(s)
		return !known && len(s.node.Get("profiles").List()) == 0
	})
	for _, s := range all {
		kind, known := beside(s)
		profiles := s.node.Get("profiles")
		switch {
		case known:
			s.kind = kind
			im.outside = append(im.outside, s)
			if kind.data != "" {
				s.named = im.dataName(s)
			}
			if kind.data == "" {
				s.Leave(s.node, kind.why, true)
			}
		case slices.ContainsFunc(all, func(other *service) bool { return other.waitsFor(s) }):
			im.outside = append(im.outside, s)
			s.Leave(s.node, "runs to its end before others start: run it beside the stack, before each deployment", true)
		case s.node.Get("provider") != nil:
			im.outside = append(im.outside, s)
			s.Leave(s.node, "a program of the machine runs it, and no container", true)
		case always && len(profiles.List()) > 0:
			im.outside = append(im.outside, s)
			s.Leave(s.node, "starts only where its profile is asked for: take profiles out to import it", true)
		default:
			s.draft = im.app.Service(im.app.ServiceName(strings.TrimPrefix(draft.Label(s.name, 253), im.app.Name+"-")))
			s.draft.Object, s.draft.Node = s.Object, s.node
			if s.draft.Name != s.name {
				s.draft.Head = append(s.draft.Head, "service "+s.name)
			}
			if len(profiles.List()) > 0 {
				s.Approximate(profiles, s.draft.Path(""), "a spec has no profiles: it always runs", true)
			}
			im.services = append(im.services, s)
		}
	}
}

// waitsFor reports whether a service starts only once another has run to its end.
func (s *service) waitsFor(other *service) bool {
	on := s.node.Get("depends_on", other.name)
	return strings.Contains(on.Get("condition").String(), "completed")
}

// hostsOf are the names by which other services reach a service.
func (im *importer) hostsOf(s *service) []string {
	hosts := []string{s.name}
	for _, key := range []string{"container_name", "hostname"} {
		if host, why := im.text(s.node.Get(key)); host != "" && why == "" {
			hosts = append(hosts, host)
		}
	}
	networks := s.node.Get("networks")
	if networks != nil && networks.Kind == source.Map {
		for _, key := range networks.Keys {
			for _, alias := range networks.Get(key).Get("aliases").List() {
				if host, why := im.text(alias); host != "" && why == "" {
					hosts = append(hosts, host)
				}
			}
		}
	}
	return hosts
}

// others says what becomes of what stands beside the services.
func (im *importer) others() {
	for _, key := range im.root.Keys {
		n := im.root.Child(key)
		if key == "services" || key == "name" || key == "version" {
			continue
		}
		if n.Kind != source.Map || strings.HasPrefix(key, "x-") {
			why := whyTop(key)
			im.report.Object("project", im.root).Leave(n, why.why, why.changes)
			continue
		}
		for _, name := range n.Keys {
			o, each, why := im.report.Object(strings.TrimSuffix(key, "s")+" "+name, n.Child(name)), n.Child(name), whyTop(key)
			if each.Kind == source.Null || each.Leaves() == 0 {
				o.Skip(each) // its name is all that it says
				continue
			}
			o.Leave(each, why.why, why.changes)
		}
	}
}
