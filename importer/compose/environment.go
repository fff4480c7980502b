package compose

import (
	"fmt"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// environment carries variables.
func (im *importer) environment(s *service) {
	for _, v := range im.variablesOf(s) {
		if v.why != "" {
			s.draft.Missing(im.app, s.Object, v.node, v.name, v.why)
			continue
		}
		s.draft.Variable(im.app, s.Object, v.node, v.name, v.node.String())
		s.variables[v.name] = v.node
	}
}

// variablesOf lists the variables of a service: those of env_file first, as Compose does.
func (im *importer) variablesOf(s *service) []variable {
	var all []variable
	at := map[string]int{}
	set := func(v variable) {
		if i, twice := at[v.name]; twice {
			all[i] = v
			return
		}
		at[v.name] = len(all)
		all = append(all, v)
	}
	for _, n := range s.node.Get("env_file").List() {
		for _, v := range im.envFile(s, n) {
			set(v)
		}
	}
	env := s.node.Get("environment")
	if env == nil || env.Kind != source.Map {
		return all
	}
	for _, name := range env.Keys {
		n := env.Child(name)
		v := variable{node: n, name: name}
		if n.Kind == source.Null {
			value, ok := im.places[n.File].find(name)
			if !ok {
				s.Leave(n, "has the value of the shell that runs docker compose, which an import does not read: write it under env, or under secrets", true)
				continue
			}
			v.node = n.Clone()
			v.node.Kind, v.node.Text = source.Scalar, value
		} else if text, why := im.text(n); why != "" {
			v.why = why
		} else {
			v.node = n.Clone()
			v.node.Text = text
		}
		n.See()
		set(v)
	}
	return all
}

// envFile reads the variables of one file under env_file.
func (im *importer) envFile(s *service, n *source.Node) []variable {
	at, required, raw := n, true, false
	if n.Kind == source.Map {
		at, required, raw = n.Get("path"), n.Get("required").String() != "false", n.Get("format").String() == "raw"
	}
	name, text, why := im.open(at)
	if why != "" {
		s.Leave(n, "its variables are not known: it "+why, required)
		return nil
	}
	find := im.places[n.File].find
	all, bad := readEnvFile(name, text, raw, &im.expander, find)
	if len(bad) > 0 {
		s.Approximate(n, s.draft.Path("env"), fmt.Sprintf("line %d of %s is no variable", bad[0], name), true)
		return all
	}
	s.Carry(n, s.draft.Path("env"))
	return all
}

// secrets turns the files of secrets into variables, which is all that a spec has.
func (im *importer) secrets(s *service) {
	const folder = "/run/secrets/"
	for _, n := range s.node.Get("secrets").List() {
		name, target := im.mounted(n)
		if name == "" {
			continue
		}
		if target == "" {
			target = name
		}
		if !strings.HasPrefix(target, "/") {
			target = folder + target
		}
		variable := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
		if env, ok := s.draft.Get("env").(map[string]any); ok {
			for _, key := range sortedKeys(env) {
				if env[key] == target {
					s.draft.Drop("env", key)
					variable = strings.TrimSuffix(key, "_FILE")
					break
				}
			}
		}
		if !spec.ValidVariable(variable) {
			s.Leave(n, "its name makes no variable: name it under secrets", true)
			continue
		}
		object := im.app.Name + "-" + s.draft.Name
		s.draft.Reference(variable, object, variable)
		s.draft.Comment("secrets."+variable, "was the file %s: have the app read the variable", target)
		s.Approximate(n, s.draft.Path("secrets."+variable), "was the file "+target+", and comes as the variable "+variable+": make the secret "+object+" with the key "+variable, true)
	}
}

// mounted is the name of a secret, and the file that it is mounted as.
func (im *importer) mounted(n *source.Node) (name, target string) {
	if n.Kind == source.Map {
		name, _ = im.text(n.Get("source"))
		target, _ = im.text(n.Get("target"))
		return name, target
	}
	name, _ = im.text(n)
	return name, ""
}

// callees finds the variables that hold addresses: of services of the app, and of what
// stays outside of it.
func (im *importer) callees(s *service) {
	im.app.Needs(s.draft, func(name, value string) (*draft.Service, bool) {
		for _, other := range im.addressed(name, value) {
			if other.draft != nil {
				return other.draft, alone.MatchString(value)
			}
		}
		return nil, false
	}, func(name, why string) { s.noteVariable(name, why) })
	for _, name := range sortedKeys(s.variables) {
		im.outsideIn(s, name)
	}
}

// outsideIn says of a variable what it leads to outside of the services.
func (im *importer) outsideIn(s *service, name string) {
	at := "env"
	if in, _ := s.draft.Get("secrets").(map[string]any); in[name] != nil {
		at = "secrets"
	} else if in, _ := s.draft.Get("env").(map[string]any); in[name] == nil {
		return
	}
	var outside []string
	address := ""
	for _, other := range im.addressed(name, s.variables[name].String()) {
		switch {
		case other.draft != nil:
		case other.kind.data != "":
			other.used(s)
			if !slices.Contains(spec.DataVariables(other.named, other.kind.data), name) { // or else uses gives it
				address = "the old address of " + other.name + ": " + other.instead()
			}
		default:
			outside = append(outside, other.name)
		}
	}
	if len(outside) > 0 {
		address = "the old address of " + strings.Join(outside, " and ") + ", outside of the app: write where it is"
	}
	if address != "" {
		s.draft.Comment(at+"."+name, "%s", address)
		s.Note(s.variables[name], draft.Item{Fate: draft.Approximated, To: s.draft.Path(at + "." + name), Why: "holds " + address, Changes: true})
	}
}

// noteVariable is about a variable of the spec.
func (s *service) noteVariable(name, why string) {
	s.Note(s.variables[name], draft.Item{Fate: draft.Approximated, To: s.draft.Path("env." + name), Why: why, Changes: true})
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var (
	// alone is an address and nothing more, with a scheme or a port.
	alone = lazyregexp.New(`^(https?://[A-Za-z0-9_.-]+(:[0-9]+)?|[A-Za-z0-9_.-]+:[0-9]+)/?$`)
	// word is what may be a host within a value.
	word = lazyregexp.New(`[A-Za-z0-9][A-Za-z0-9_.-]*`)
	// holdsHost matches variables that are named after what holds a host.
	holdsHost = lazyregexp.New(`(?i)(host(name)?|server|addr(ess)?|ur[il]|endpoint|broker|node)s?$`)
)

// addressed lists the services that a value leads to.
func (im *importer) addressed(variable, value string) []*service {
	var all []*service
	for _, at := range word.FindAllStringIndex(value, -1) {
		s := im.hosts[value[at[0]:at[1]]]
		if s == nil || slices.Contains(all, s) {
			continue
		}
		before, after := value[:at[0]], value[at[1]:]
		port := len(after) > 1 && after[0] == ':' && after[1] >= '0' && after[1] <= '9'
		begun := strings.HasSuffix(before, "://") || strings.HasSuffix(before, "@") && strings.Contains(before, "://")
		switch {
		case begun && (after == "" || strings.ContainsRune(":/?,", rune(after[0]))),
			port && (before == "" || strings.ContainsRune(",(@/ ", rune(before[len(before)-1]))),
			before == "" && after == "" && holdsHost.MatchString(variable):
			all = append(all, s)
		}
	}
	return all
}

// order says what becomes of the order in which services start.
func (im *importer) order(s *service) {
	depends := s.node.Get("depends_on")
	if depends == nil || depends.Kind != source.Map {
		return
	}
	for _, name := range depends.Keys {
		n := depends.Child(name)
		switch other := im.called(name); {
		case other == nil && im.usedBy(name, s) != nil:
			s.Carry(n, s.draft.Path("uses."+im.usedBy(name, s).named))
		case other == nil:
			s.Leave(n, "stays outside the app, and must be running before it", false)
		case slices.Contains(s.needs(), other.draft.Name):
			s.Carry(n, s.draft.Path("needs"))
		default:
			s.Leave(n, "services start in any order; where it calls "+name+", add "+other.draft.Name+" to needs", true)
		}
	}
}

func (s *service) needs() []string {
	needs, _ := s.draft.Get("needs").([]string)
	return needs
}

// called is the service of the app with a name of Compose's.
func (im *importer) called(name string) *service {
	for _, s := range im.services {
		if s.name == name {
			return s
		}
	}
	return nil
}
