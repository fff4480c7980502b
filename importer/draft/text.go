package draft

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
	"ambi/internal/terminal"
	"ambi/spec"
)

// Text writes the draft as an app.yaml. Keys come in the order of the grammar; what is
// short stands on one line.
func (a *App) Text() []byte {
	alone := a.alone()
	root := &yaml.Node{Kind: yaml.MappingNode}
	var head []string
	for _, l := range a.Head {
		head = append(head, "# "+line(l))
	}
	add(root, "apiVersion", scalar(spec.APIVersion))
	root.Content[0].HeadComment = strings.Join(head, "\n")
	add(root, "name", scalar(a.Name))
	if alone {
		add(root, "targets", &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{scalar(string(spec.Kubernetes))}})
	}
	if data, ok := a.Get("data").(map[string]any); ok {
		add(root, "data", a.mapping(reflect.TypeFor[map[string]*spec.Data](), data, "data", false))
	}
	services := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range a.Services {
		add(services, s.Name, s.mapping(reflect.TypeFor[spec.Service](), s.root, "", false))
		key := services.Content[len(services.Content)-2]
		var lines []string
		for _, l := range s.Head {
			lines = append(lines, "# "+line(l))
		}
		key.HeadComment = strings.Join(lines, "\n")
	}
	add(root, "services", services)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		panic(err) // a tree that this function made
	}
	return out.Bytes()
}

func add(m *yaml.Node, key string, value *yaml.Node) {
	m.Content = append(m.Content, scalar(key), value)
}

// comment puts text behind the entry that a mapping got last.
func comment(m *yaml.Node, text string) {
	if text == "" {
		return
	}
	key, value := m.Content[len(m.Content)-2], m.Content[len(m.Content)-1]
	if value.Kind == yaml.ScalarNode && value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || value.Style&yaml.FlowStyle != 0 {
		value.LineComment = "# " + text
		return
	}
	key.LineComment = "# " + text
}

// otherwise matches text that some readers of YAML take for something else: YAML 1.1's
// words for true and false, and more.
var otherwise = lazyregexp.New(`^(?i:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.(inf|nan))?$`)

// scalar is text, quoted where YAML would read it as something else.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	hidden := func(c rune) bool { return terminal.Hidden(c) && c != '\n' && c != '\t' }
	if strings.ContainsFunc(text, hidden) || n.Style == yaml.LiteralStyle || otherwise.MatchString(text) {
		n.Style = yaml.DoubleQuotedStyle // on one line, with escapes
	}
	return n
}

// longestFlow is how many characters of a mapping or a list may stand on one line.
const longestFlow = 90

// mapping writes a mapping of the spec; of is its type there, nil where its keys are names.
func (v *values) mapping(of reflect.Type, m map[string]any, path string, flow bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if flow {
		n.Style = yaml.FlowStyle
	}
	for _, key := range ordered(of, m) {
		at := strings.TrimPrefix(path+"."+key, ".")
		value := m[key]
		var node *yaml.Node
		switch x := value.(type) {
		case map[string]any:
			node = v.mapping(typeOf(of, key), x, at, flow || v.fits(key, x, at))
		case []string:
			node = &yaml.Node{Kind: yaml.SequenceNode}
			if total := len(strings.Join(x, ", ")); flow || total < longestFlow && len(x) < 4 && !strings.HasSuffix(at, "routes") || len(x) == 0 {
				node.Style = yaml.FlowStyle
			}
			for _, text := range x {
				node.Content = append(node.Content, scalar(text))
			}
		case []map[string]any:
			node = &yaml.Node{Kind: yaml.SequenceNode}
			element := typeOf(of, key)
			for _, each := range x {
				node.Content = append(node.Content, v.mapping(element, each, at, true))
			}
		case int:
			node = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(x)}
		case bool:
			node = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(x)}
		case Unresolved:
			node = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
		case string:
			node = scalar(x)
		default:
			panic("a draft has no values of this type: " + reflect.TypeOf(value).String())
		}
		add(n, key, node)
		if !flow {
			comment(n, v.comments[at])
		}
	}
	return n
}

// fits reports whether a mapping may stand on one line.
func (v *values) fits(key string, m map[string]any, path string) bool {
	if len(m) == 0 {
		return true
	}
	size := len(key)
	for k, value := range m {
		size += len(k) + 4
		if v.comments[path+"."+k] != "" {
			return false
		}
		switch x := value.(type) {
		case map[string]any:
			if !v.fits(k, x, path+"."+k) {
				return false
			}
			for inner, text := range x {
				size += len(inner) + 8
				if s, ok := text.(string); ok {
					size += len(s)
				}
			}
		case []string:
			if k == "routes" && (len(x) > 2 || strings.Contains(strings.Join(x, ""), "{")) {
				return false
			}
			size += len(strings.Join(x, ", ")) + 2
		case []map[string]any:
			return false
		case string:
			if strings.Contains(x, "\n") {
				return false
			}
			size += len(x)
		}
	}
	return size < longestFlow && !(len(m) > 3 && (path == "env" || path == "secrets"))
}

// ordered lists the keys of a mapping: those of a struct as the grammar has them, names by
// the alphabet.
func ordered(of reflect.Type, m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if of == nil || of.Kind() != reflect.Struct {
		return keys
	}
	rank := map[string]int{}
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		rank[name] = i
	}
	slices.SortStableFunc(keys, func(a, b string) int { return rank[a] - rank[b] })
	return keys
}

// typeOf is the type of the values under a key; nil where the grammar does not say.
func typeOf(of reflect.Type, key string) reflect.Type {
	if of == nil {
		return nil
	}
	switch of.Kind() {
	case reflect.Struct:
		for i := range of.NumField() {
			if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name == key {
				return element(of.Field(i).Type)
			}
		}
	case reflect.Map:
		return element(of.Elem())
	default:
	}
	return nil
}

// element is what a pointer points at, or what a list holds.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}
