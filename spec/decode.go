package spec

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// Limits of what the decoder follows. Text alone cannot reach them: aliases
// and merge keys can, since each use of one is read anew.
const (
	maxAliased = 250_000 // nodes read through aliases
	maxDepth   = 64
	maxKey     = 256 // bytes
)

// scalar is a type whose text form the decoder reads.
type scalar interface {
	encoding.TextUnmarshaler
	fmt.Stringer
	form() form
}

// form says how a scalar is written.
type form struct {
	noun   string // with an article and an example
	number bool   // whether a YAML number is one too
	unit   string // what would make a bare number one
}

// decoder fills the Go types from YAML nodes. It decodes nodes itself, rather
// than have the library do so, because only then does each value have its
// position and each problem its path.
type decoder struct {
	*reporter
	fields    map[reflect.Type][]field
	positions map[string]Position // as App.positions
	keys      map[string]Position // where the keys of maps such as env stand
	written   map[string]string   // the text of scalars that print otherwise
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
		written:   map[string]string{},
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
	if s, ok := v.Addr().Interface().(scalar); ok {
		d.scalar(s, n, path, at)
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
		d.report(at, path, fmt.Sprintf("the alias *%s refers to what encloses it", n.Anchor))
		return nil, nil, false
	}
	if d.depth++; d.depth > maxDepth {
		d.depth--
		d.giveUp(at, path, fmt.Sprintf("merge keys lead more than %d mappings deep", maxDepth))
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
		d.mistyped(n, path, at, "a mapping")
		return
	}
	fields, ok := d.fields[v.Type()]
	if !ok {
		fields = fieldsOf(v.Type())
		d.fields[v.Type()] = fields
	}
	given := make([]bool, len(fields))
	for _, e := range d.entries(n, path, child(path, "<<")) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.key })
		if i < 0 {
			d.note(e.at, child(path, e.key), "unknown key", nearest(e.key, names(fields), "key"))
			continue
		}
		given[i] = true
		d.decodeEntry(v.Field(fields[i].index), e, child(path, e.key), fields[i].rule)
	}
	for i, f := range fields {
		if f.rule.required && !given[i] {
			d.report(at, child(path, f.name), "is required")
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
		d.mistyped(n, path, at, "a mapping")
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
		d.mistyped(n, path, at, "a list")
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

func (d *decoder) text(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	s, ok := d.str(n, path, at)
	if !ok {
		return
	}
	if len(rule.enum) > 0 && !slices.Contains(rule.enum, s) {
		message := "must be " + rule.enum[0]
		if len(rule.enum) > 1 {
			message = "must be one of " + strings.Join(rule.enum, ", ")
		}
		d.report(at, path, fmt.Sprintf("%s, got %s", message, quote(s)))
		return
	}
	v.SetString(s)
}

// str reads a scalar that must be text. What YAML takes for a number or a
// boolean is refused rather than kept as it is: "1.10" and 1.10 look alike,
// and so do "no" and no, which is false to other YAML readers.
func (d *decoder) str(n *yaml.Node, path string, at Position) (string, bool) {
	problem := notString(n)
	if problem == "" {
		return n.Value, true
	}
	var hints []string
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		hints = []string{"quote it: " + strconv.Quote(n.Value)}
	}
	d.report(at, path, "must be a string, got "+problem, hints...)
	return "", false
}

// yaml11Bool matches what YAML 1.1 takes for a boolean and this library does
// not.
var yaml11Bool = regexp.MustCompile(`^(?i:y|n|yes|no|on|off)$`)

// notString says what n is if it is not a string.
func notString(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return kind(n)
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return ""
	case yaml11Bool.MatchString(n.Value):
		return fmt.Sprintf("%s, which some readers of YAML take for a boolean", n.Value)
	case n.ShortTag() == "!!str" || n.ShortTag() == "!!merge":
		return ""
	}
	return kind(n)
}

// kind names what a node is, with its text if it is short.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	var noun string
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		noun = "the boolean "
	case "!!int", "!!float":
		noun = "the number "
	case "!!timestamp":
		noun = "the date "
	default:
		return "the string " + quote(n.Value)
	}
	return noun + bare(n.Value)
}

// badTag refuses tags that the text gives, but for those that change nothing
// and !!str.
func badTag(n *yaml.Node) (problem, hint string) {
	if n.Style&yaml.TaggedStyle == 0 {
		return "", ""
	}
	tag := n.ShortTag()
	if want := map[yaml.Kind]string{yaml.ScalarNode: "!!str", yaml.MappingNode: "!!map", yaml.SequenceNode: "!!seq"}[n.Kind]; tag == want {
		return "", ""
	}
	return "the tag " + bare(tag) + " is not supported", "remove the tag"
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func (d *decoder) integer(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	if !isNumber(n) {
		var hints []string
		if n.Kind == yaml.ScalarNode && wholeNumber.MatchString(n.Value) {
			hints = []string{"remove the quotes"}
		}
		d.mistyped(n, path, at, "a whole number", hints...)
		return
	}
	number, err := strconv.Atoi(n.Value)
	if err != nil && wholeNumber.MatchString(n.Value) {
		number = math.MaxInt // which is out of range, and so is the least
		if n.Value[0] == '-' {
			number = math.MinInt
		}
	} else if err != nil || !wholeNumber.MatchString(n.Value) {
		d.mistyped(n, path, at, "a whole number in plain decimal digits")
		return
	}
	if low, high := rule.minimum, rule.maximum; number < low || number > high {
		d.report(at, path, fmt.Sprintf("must be %d to %d, got %s", low, high, bare(n.Value)))
		return
	}
	v.SetInt(int64(number))
}

// isNumber reports whether YAML takes n for a number.
func isNumber(n *yaml.Node) bool {
	tag := n.ShortTag()
	return n.Kind == yaml.ScalarNode && (tag == "!!int" || tag == "!!float")
}

// decimal matches the YAML numbers that mean the same to every reader.
var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?([eE][0-9]+)?$`)

func (d *decoder) scalar(s scalar, n *yaml.Node, path string, at Position) {
	form := s.form()
	isDecimal := isNumber(n) && decimal.MatchString(n.Value)
	if notString(n) != "" && !(form.number && isDecimal) {
		var hints []string
		if isDecimal && form.unit != "" {
			hints = []string{"add a unit: " + n.Value + form.unit}
		}
		d.mistyped(n, path, at, form.noun, hints...)
		return
	}
	if err := s.UnmarshalText([]byte(n.Value)); err != nil {
		d.reportValue(at, path, err)
		return
	}
	if s.String() != n.Value {
		d.written[path] = n.Value
	}
}

// reportValue reports why a value's text was refused.
func (r *reporter) reportValue(at Position, path string, err error) {
	if e, ok := err.(*valueError); ok {
		r.report(at, path, e.message, e.hints...)
		return
	}
	r.report(at, path, err.Error())
}

func (d *decoder) mistyped(n *yaml.Node, path string, at Position, want string, hints ...string) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		hints = append(hints, "remove it, or give it a value")
	}
	d.report(at, path, fmt.Sprintf("must be %s, got %s", want, kind(n)), hints...)
}

// nearest is a hint for a name that is not among the allowed ones.
func nearest(name string, allowed []string, noun string) string {
	best, distance := "", 3
	if len(name) <= 64 {
		for _, a := range allowed {
			if n := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(a)); n < distance && n < len(a) {
				best, distance = a, n
			}
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return fmt.Sprintf("the %ss here are %s", noun, strings.Join(allowed, ", "))
}
