package spec

import (
	"fmt"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Limits of what the decoder follows. Text alone cannot reach them: aliases
// and merge keys can, since each use of one is read anew.
const (
	maxAliased = 250_000 // nodes read through aliases
	maxDepth   = 64
	maxKey     = 256 // bytes
)

// decoder fills the Go types from YAML nodes. It decodes nodes itself, rather
// than have the library do so, because only then does each value have its
// position and each problem its path.
type decoder struct {
	*reporter
	fields    map[reflect.Type][]field
	positions map[string]Position // as App.positions
	keys      map[string]Position // where the keys of maps such as env stand
	open      map[*yaml.Node]bool // the collections being decoded: an alias to one never ends
	aliases   int                 // how many aliases enclose the current node
	aliased   int                 // nodes read through aliases so far
	depth     int
	exhausted *reporter // holds the one error that is left to tell, once a limit is passed
}

func newDecoder(r *reporter) *decoder {
	return &decoder{
		reporter:  r,
		fields:    map[reflect.Type][]field{},
		positions: map[string]Position{},
		keys:      map[string]Position{},
		open:      map[*yaml.Node]bool{},
	}
}

// app decodes a document. What was reported keeps its default or zero value.
func (d *decoder) app(root *yaml.Node) *App {
	app := new(App)
	v := reflect.ValueOf(app).Elem()
	d.setDefaults(v)
	d.decode(v, root, "", place(root), anything())
	app.positions = d.positions
	return app
}

func place(n *yaml.Node) Position { return Position{n.Line, n.Column} }

// decode reads node n into v. The position at is where problems with the value
// are reported: its key if it is a collection, so that a reader finds the name
// in that line, else the value itself.
func (d *decoder) decode(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
		d.setDefaults(v)
	}
	scalarAt := place(n)
	n, leave, ok := d.enter(n, path, scalarAt)
	if !ok {
		return
	}
	defer leave()
	if n.Kind == yaml.ScalarNode {
		at = scalarAt
	}
	d.positions[path] = at
	if problem, hint := badTag(n); problem != "" {
		d.report(at, path, problem, hint)
		return
	}
	switch into := v.Addr().Interface().(type) {
	case *RequestTime:
		d.requestTime(into, n, path, at, rule)
		return
	case scalar:
		d.scalar(into, n, path, at, rule)
		return
	case *Rights:
		d.rights(into, n, path, at)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(v, n, path, at)
	case reflect.Map:
		d.mapping(v, n, path, at, rule)
	case reflect.Slice:
		d.list(v, n, path, at, rule)
	case reflect.String:
		d.text(v, n, path, at, rule)
	case reflect.Int:
		d.integer(v, n, path, at, rule)
	case reflect.Bool:
		d.boolean(v, n, path, at)
	default:
		panic("spec: the grammar has a type that the decoder does not know: " + v.Type().String())
	}
}

// enter follows an alias and accounts for the node behind it. The function
// that it returns ends the account.
func (d *decoder) enter(n *yaml.Node, path string, at Position) (_ *yaml.Node, leave func(), ok bool) {
	through := 0
	if n.Kind == yaml.AliasNode {
		n, through = n.Alias, 1
	}
	if d.open[n] {
		d.report(at, path, fmt.Sprintf("the alias *%s refers to a value that contains it", n.Anchor))
		return nil, nil, false
	}
	if d.depth++; d.depth > maxDepth {
		d.depth--
		d.giveUp(at, path, fmt.Sprintf("merge keys are nested more than %d mappings deep", maxDepth))
		return nil, nil, false
	}
	if d.aliases += through; d.aliases > 0 && !d.spend(path, at) {
		d.aliases -= through
		d.depth--
		return nil, nil, false
	}
	collection := n.Kind != yaml.ScalarNode
	if collection {
		d.open[n] = true
	}
	return n, func() {
		if collection {
			delete(d.open, n)
		}
		d.aliases -= through
		d.depth--
	}, true
}

// spend counts one value read through an alias. It returns false once they are
// too many, from when on nothing is decoded and no other error matters.
func (d *decoder) spend(path string, at Position) bool {
	if d.aliased++; d.aliased > maxAliased {
		d.giveUp(at, path, fmt.Sprintf("aliases repeat more than %d values", maxAliased))
	}
	return d.exhausted == nil
}

func (d *decoder) giveUp(at Position, path, message string) {
	if d.exhausted == nil {
		d.exhausted = newReporter(d.file)
		d.exhausted.report(at, path, message)
	}
}

// decodeEntry reads the value of a mapping's entry into v.
func (d *decoder) decodeEntry(v reflect.Value, e entry, path string, rule rule) {
	if e.merged {
		d.aliases++
		defer func() { d.aliases-- }()
	}
	d.decode(v, e.value, path, e.at, rule)
}

// setDefaults fills a struct, and the structs in it, with their defaults.
func (d *decoder) setDefaults(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	if _, ok := v.Addr().Interface().(scalar); ok {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			d.setDefaults(v.Field(i))
		}
	}
	if s, ok := v.Addr().Interface().(defaulter); ok {
		s.SetDefaults()
	}
}

func (d *decoder) structure(v reflect.Value, n *yaml.Node, path string, at Position) {
	if n.Kind != yaml.MappingNode {
		d.mistyped(n, path, at, "a mapping", sectionHints(v.Type(), n)...)
		return
	}
	fields, ok := d.fields[v.Type()]
	if !ok {
		fields = fieldsOf(v.Type())
		d.fields[v.Type()] = fields
	}
	given := make([]bool, len(fields))
	var empty []field // those before a key that have no value: their content may not be indented
	for _, e := range d.entries(n, path, child(path, "<<")) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.key })
		if i < 0 {
			var hints []string
			if len(d.found) < maxErrors { // no more are shown
				hints = []string{unknownKey(e.key, v.Type(), fields, empty)}
			}
			d.note(e.at, child(path, e.key), "unknown key", hints...)
			continue
		}
		if isNull(e.value) {
			empty = append(empty, fields[i])
		}
		given[i] = true
		d.decodeEntry(v.Field(fields[i].index), e, child(path, e.key), fields[i].rule)
	}
	for i, f := range fields {
		if f.rule.required && !given[i] {
			var hints []string
			if path == "" && f.name == "apiVersion" { // the file may be another tool's
				hints = []string{"a spec starts with: apiVersion: ambi/v1; \"ambi import\" makes one from files of other tools"}
			}
			d.report(at, child(path, f.name), "is required", hints...)
		}
	}
}

func names(fields []field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return all
}

func (d *decoder) mapping(v reflect.Value, n *yaml.Node, path string, at Position, demands rule) {
	if n.Kind != yaml.MappingNode {
		d.mistyped(n, path, at, "a mapping", mapHints(v.Type().Elem(), n)...)
		return
	}
	entries := d.entries(n, path, child(path, "<<"))
	if demands.notEmpty && len(n.Content) == 0 {
		d.report(at, path, "must not be empty")
	}
	if len(entries) > maxServices && path == "services" {
		d.report(at, path, fmt.Sprintf("must have at most %d, got %d", maxServices, len(entries)))
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(entries)))
	for _, e := range entries {
		value := reflect.New(v.Type().Elem()).Elem()
		d.setDefaults(value)
		at := child(path, e.key)
		d.keys[at] = e.at
		d.decodeEntry(value, e, at, anything())
		v.SetMapIndex(reflect.ValueOf(e.key), value)
	}
}

func (d *decoder) list(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	if n.Kind != yaml.SequenceNode {
		d.mistyped(n, path, at, "a list", listHints(v.Type().Elem(), rule, n)...)
		return
	}
	switch {
	case rule.notEmpty && len(n.Content) == 0:
		d.report(at, path, "must not be empty")
	case rule.maxItems > 0 && len(n.Content) > rule.maxItems:
		d.report(at, path, fmt.Sprintf("must have at most %d, got %d", rule.maxItems, len(n.Content)))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	seen := map[any]Position{}
	for i, element := range n.Content {
		at := item(path, i)
		d.decode(v.Index(i), element, at, place(element), rule.items())
		if !rule.unique || d.failed[at] || !v.Index(i).Comparable() {
			continue
		}
		value := v.Index(i).Interface()
		if _, isRoute := value.(Route); isRoute {
			continue // routes are compared across all services, by shape
		}
		if first, twice := seen[value]; twice {
			d.report(place(element), at, fmt.Sprintf("is given twice, first in line %d", first.Line))
			continue
		}
		seen[value] = place(element)
	}
}
