// Package source reads the files of other tools into trees. Each value has its place in its
// file, and records whether the importer used it, so that unused values are reported and not
// lost.
//
//	documents, err := source.Read("k8s/web.yaml", text)
//	replicas := documents[0].Root.Get("spec", "replicas")
//
// YAML's aliases and merge keys are followed here, once, and within bounds: text that is
// small and unfolds into gigabytes is refused.
package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
	"ambi/spec"
)

// Limits of what is read. A rendered chart of a large product has some 2 MB and 100,000 values.
const (
	MaxSize      = 8 << 20 // bytes of one file
	maxValues    = 500_000 // of one file, with all aliases followed
	maxDepth     = 100
	maxDocuments = 5_000 // of one file
)

// File is the text of a file and its name, for messages.
type File struct {
	Name string
	Text []byte
}

// Folder is what is beside the files that are imported.
type Folder struct {
	Name string // what it is called: an app without a name of its own is called so
	Path string // of the folder, as the names of the files begin; "." for none
	// Open reads a file by its path from the folder. It reads none that is outside of it,
	// and none at all where it is nil.
	Open func(path string) ([]byte, error)
}

// Document is one YAML document, or a whole JSON file.
type Document struct {
	File string
	Root *Node
}

// Kind is what a value is.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Scalar
	Map
	List
)

// Node is one value of a document.
type Node struct {
	Kind   Kind
	Text   string // of a scalar
	Tag    string // YAML's short tag, such as !!int, or !Ref of CloudFormation
	File   string
	Line   int // of the value, or of its key where it is a mapping or a list
	Column int
	Path   string // such as spec.template.spec.containers[0].image
	Keys   []string
	Items  []*Node // of a list
	Why    string  // of a scalar, why its value is not known: Text then has what refers to it
	Secret bool    // of such a scalar: what it refers to is kept as a secret
	fields map[string]*Node
	seen   bool
}

// Read reads all documents of a file; empty ones are left out.
func Read(f File) ([]Document, error) {
	switch {
	case len(f.Text) > MaxSize:
		return nil, problem.File(f.Name, 0, "has %d bytes, more than the %d that are read", len(f.Text), MaxSize)
	case !utf8.Valid(f.Text):
		return nil, problem.File(f.Name, 0, "is not UTF-8 text")
	}
	in := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(f.Text, []byte("\uFEFF"))))
	r := reader{file: f.Name, template: bytes.Contains(f.Text, []byte("{{")), open: map[*yaml.Node]bool{}}
	var all []Document
	for {
		var document yaml.Node
		err := in.Decode(&document)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, r.syntax(f.Text, err)
		}
		if len(document.Content) == 0 {
			continue
		}
		root, err := r.node(document.Content[0], "", 0)
		if err != nil {
			return nil, err
		}
		if root.Kind == Null {
			continue
		}
		if len(all) == maxDocuments {
			return nil, problem.File(f.Name, root.Line, "has more than %d documents", maxDocuments)
		}
		all = append(all, Document{f.Name, root})
	}
}

// syntax is an error of the YAML library at its place.
func (r *reader) syntax(text []byte, err error) error {
	p := spec.Syntax(r.file, text, err)
	if r.template {
		p.Hints = nil
		return p.Hint(renderFirst)
	}
	return p
}

const renderFirst = "this looks like a template: render it first, such as with helm template NAME CHART | ambi import -"

type reader struct {
	file     string
	template bool // the text seems to be a template's
	values   int
	open     map[*yaml.Node]bool // the collections around the current one: an alias to one never ends
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) error {
	return problem.File(r.file, n.Line, format, args...)
}

func (r *reader) node(n *yaml.Node, path string, depth int) (*Node, error) {
	line, column := n.Line, n.Column
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if r.values++; r.values > maxValues {
		return nil, r.fail(n, "unfolds into more than %d values", maxValues)
	}
	if depth > maxDepth {
		return nil, r.fail(n, "is nested more than %d deep", maxDepth)
	}
	if r.open[n] {
		return nil, r.fail(n, "has an alias to a node that contains it")
	}
	out := &Node{Tag: n.ShortTag(), File: r.file, Line: line, Column: column, Path: path}
	switch n.Kind {
	case yaml.ScalarNode:
		out.Kind, out.Text = Scalar, n.Value
		if out.Tag == "!!null" {
			out.Kind = Null
		}
	case yaml.SequenceNode:
		r.open[n] = true
		defer delete(r.open, n)
		out.Kind = List
		for i, element := range n.Content {
			item, err := r.node(element, path+"["+strconv.Itoa(i)+"]", depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
	case yaml.MappingNode:
		r.open[n] = true
		defer delete(r.open, n)
		out.Kind, out.fields = Map, map[string]*Node{}
		if err := r.mapping(out, n, depth); err != nil {
			return nil, err
		}
	default:
		return nil, r.fail(n, "has a node that is neither a value, a list nor a mapping")
	}
	return out, nil
}

// mapping fills in a mapping's own keys, and then those of merge keys that it lacks.
func (r *reader) mapping(out *Node, n *yaml.Node, depth int) error {
	var merged []*yaml.Node
	lines := map[string]int{} // of the mapping's own keys
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			p := problem.File(r.file, key.Line, "has a key that is a mapping or a list")
			if r.template {
				p = p.Hint(renderFirst)
			}
			return p
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		item, err := r.node(value, child(out.Path, key.Value), depth+1)
		if err != nil {
			return err
		}
		if item.Kind == Map || item.Kind == List {
			item.Line, item.Column = key.Line, key.Column
		}
		if _, twice := lines[key.Value]; twice {
			return r.fail(key, "has the key %s a second time in one mapping: the first is in line %d", child(out.Path, key.Value), lines[key.Value])
		}
		lines[key.Value] = key.Line
		out.Keys = append(out.Keys, key.Value)
		out.fields[key.Value] = item
	}
	for _, value := range merged {
		from, err := r.node(value, out.Path, depth+1)
		if err != nil {
			return err
		}
		sources := []*Node{from}
		if from.Kind == List {
			sources = from.Items
		}
		for _, source := range sources {
			for _, key := range source.Keys {
				if _, own := out.fields[key]; !own {
					out.Keys = append(out.Keys, key)
					out.fields[key] = source.fields[key]
				}
			}
		}
	}
	return nil
}

var plainKey = lazyregexp.New(`^[A-Za-z_$][A-Za-z0-9_:$-]*$`)

// child is the path of what a mapping has under a key.
func child(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// Get is what stands below a path of keys; nil where there is nothing, or null.
func (n *Node) Get(keys ...string) *Node {
	for _, key := range keys {
		if n == nil || n.Kind != Map {
			return nil
		}
		n = n.fields[key]
	}
	if n == nil || n.Kind == Null {
		return nil
	}
	return n
}

// Has reports whether a mapping has a key, even one without a value.
func (n *Node) Has(key string) bool {
	if n == nil || n.Kind != Map {
		return false
	}
	_, has := n.fields[key]
	return has
}

// Child is what a mapping has under a key, null too; nil where it has none.
func (n *Node) Child(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	return n.fields[key]
}

// String is the text of a scalar; empty for anything else.
func (n *Node) String() string {
	if n == nil || n.Kind != Scalar {
		return ""
	}
	return n.Text
}

// Int is a whole number; false where the value is none.
func (n *Node) Int() (int, bool) {
	i, err := strconv.Atoi(strings.TrimSpace(n.String()))
	return i, err == nil
}

// List are the items of a list; none for anything else.
func (n *Node) List() []*Node {
	if n == nil || n.Kind != List {
		return nil
	}
	return n.Items
}

// See marks a value, with all below it, as one that the importer has dealt with.
func (n *Node) See() {
	if n == nil {
		return
	}
	n.seen = true
}

// Unseen lists the unused values, or the topmost mapping or list of which nothing was used.
func (n *Node) Unseen() []*Node {
	if n == nil || n.seen {
		return nil
	}
	below := n.below()
	if len(below) == 0 || !n.touched() {
		return []*Node{n}
	}
	var all []*Node
	for _, b := range below {
		all = append(all, b.Unseen()...)
	}
	return all
}

func (n *Node) touched() bool {
	if n.seen {
		return true
	}
	for _, b := range n.below() {
		if b.touched() {
			return true
		}
	}
	return false
}

func (n *Node) below() []*Node {
	if n.Kind == List {
		return n.Items
	}
	all := make([]*Node, 0, len(n.Keys))
	for _, key := range n.Keys {
		all = append(all, n.fields[key])
	}
	return all
}

// Leaves counts the values that hold no others.
func (n *Node) Leaves() int {
	if n == nil {
		return 0
	}
	below := n.below()
	if len(below) == 0 {
		return 1
	}
	total := 0
	for _, b := range below {
		total += b.Leaves()
	}
	return total
}

// Decode reads a value into one of Go's types by its json tags.
func (n *Node) Decode(into any) error {
	text, err := json.Marshal(n.value())
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// value is the node as encoding/json writes it. Numbers stay as they are written.
func (n *Node) value() any {
	switch n.Kind {
	case Null:
		return nil
	case List:
		all := make([]any, len(n.Items))
		for i, item := range n.Items {
			all[i] = item.value()
		}
		return all
	case Map:
		all := make(map[string]any, len(n.Keys))
		for key, value := range n.fields {
			all[key] = value.value()
		}
		return all
	case Scalar:
	}
	switch n.Tag {
	case "!!bool":
		return strings.EqualFold(n.Text, "true")
	case "!!int":
		if i, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64); err == nil {
			return i
		}
	case "!!float":
		if f, err := strconv.ParseFloat(n.Text, 64); err == nil && json.Valid([]byte(n.Text)) {
			return f
		}
	}
	return n.Text
}

// Place is where a value stands, as compilers write it.
func (n *Node) Place() string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d", n.File, n.Line)
}
