package draft

import (
	"cmp"
	"slices"
	"strings"

	"ambi/importer/source"
)

// Fate is what became of a value of the source.
type Fate string

// The fates.
const (
	Carried      Fate = "carried"      // the spec says the same
	Approximated Fate = "approximated" // the spec says something near to it, and Why says what differs
	LeftOut      Fate = "left out"     // the spec does not say it, and Why says why
)

// Item is what became of one value of the source. No item ever has the value itself: it
// may be a secret.
type Item struct {
	File    string `json:"file"`
	Line    int    `json:"line"`            // from 1; 0 is the file as a whole
	Column  int    `json:"column"`          // from 1
	Object  string `json:"object"`          // what holds it, such as Deployment web
	Key     string `json:"key"`             // within the object, such as spec.replicas; empty for all of it
	Fate    Fate   `json:"fate"`            // carried, approximated or left out
	To      string `json:"to,omitempty"`    // where the spec says it, such as services.web.scale.min
	Why     string `json:"why,omitempty"`   // what differs, or why it was left out
	Changes bool   `json:"changesBehavior"` // the app may behave otherwise than before
	Leaves  int    `json:"-"`               // how many values it is, for measuring
}

// Report gathers what became of a source.
type Report struct{ Items []Item }

// add notes one item and marks its value as dealt with.
func (o Object) add(n *source.Node, item Item) {
	if n != nil {
		item.File, item.Line, item.Column, item.Key, item.Leaves = n.File, n.Line, n.Column, o.key(n), n.Leaves()
		n.See()
	}
	item.Object = o.Name
	o.report.Items = append(o.report.Items, item)
}

// Object notes what becomes of the values of one object of the source.
type Object struct {
	Name   string // such as Deployment web
	within string // its path in its document
	report *Report
}

// key is the path of a value within its object.
func (o Object) key(n *source.Node) string {
	if rest, found := strings.CutPrefix(n.Path, o.within); found && o.within != "" {
		return strings.TrimPrefix(rest, ".")
	}
	return n.Path
}

// Object starts on one object, which stands at a value.
func (r *Report) Object(name string, at *source.Node) Object { return Object{name, at.Path, r} }

// Carry notes a value that the spec says alike.
func (o Object) Carry(n *source.Node, to string) {
	if n != nil {
		o.add(n, Item{Fate: Carried, To: to})
	}
}

// Approximate notes a value that the spec says nearly alike; changes, where the app may
// behave otherwise.
func (o Object) Approximate(n *source.Node, to, why string, changes bool) {
	if n != nil {
		o.add(n, Item{Fate: Approximated, To: to, Why: why, Changes: changes})
	}
}

// Leave notes a value that the spec does not say.
func (o Object) Leave(n *source.Node, why string, changes bool) {
	if n != nil {
		o.add(n, Item{Fate: LeftOut, Why: why, Changes: changes})
	}
}

// Note adds an item that is about what a value lacks; the value itself is not dealt with.
func (o Object) Note(n *source.Node, item Item) {
	item.File, item.Line, item.Column, item.Key = n.File, n.Line, n.Column, o.key(n)
	o.add(nil, item)
}

// Skip marks values that need no word: they identify an object, or say what is so anyway.
func (o Object) Skip(all ...*source.Node) {
	for _, n := range all {
		n.See()
	}
}

// Rest notes the unused values below a value, except those that say nothing. why returns the
// reason that a path has no place in a spec, and whether that changes what the app does.
func (o Object) Rest(root *source.Node, saysNothing func(*source.Node) bool, why func(*source.Node) (string, bool)) {
	for _, n := range root.Unseen() {
		if saysNothing(n) {
			o.Skip(n)
			continue
		}
		text, changes := why(n)
		o.Leave(n, text, changes)
	}
}

// Sort orders the items by their places.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
}

// Changes reports whether anything was approximated or left out that may change what the
// app does.
func (r *Report) Changes() bool {
	return slices.ContainsFunc(r.Items, func(i Item) bool { return i.Changes })
}

// Unreported is an object whose values nobody has to hear of: they are in the report already.
func Unreported() Object { return Object{report: &Report{}} }
