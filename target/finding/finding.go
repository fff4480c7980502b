// Package finding describes what one field of the spec becomes on one target. The targets make
// findings while they resolve an app; this package imports neither of them.
package finding

import (
	"cmp"
	"fmt"
	"slices"

	"ambi/internal/problem"
	"ambi/spec"
)

// Kind says how faithfully a target implements a field.
type Kind string

// The kinds, from best to worst.
const (
	Exact       Kind = "exact"       // the field means the same there
	Approximate Kind = "approximate" // it is taken, with a difference worth knowing
	Dropped     Kind = "dropped"     // it has no meaning there and changes nothing
	Refused     Kind = "refused"     // the target cannot take the value
)

// Finding is what one field of the spec becomes on one target.
type Finding struct {
	Target  spec.Target `json:"target"`
	Kind    Kind        `json:"kind"`
	Path    string      `json:"path"` // such as services.api.memory
	Line    int         `json:"line"`
	Column  int         `json:"column"`
	Message string      `json:"message"`        // what becomes of it, and why
	Hint    string      `json:"hint,omitempty"` // what to do about it
	Page    string      `json:"page,omitempty"` // documents what refuses the value
	Limit   string      `json:"-"`              // names what refuses the value, such as "timeout"
}

// List is the findings of one target, in the spec's order.
type List []Finding

// Refused returns the findings that keep the app from this target.
func (l List) Refused() List {
	var refused List
	for _, finding := range l {
		if finding.Kind == Refused {
			refused = append(refused, finding)
		}
	}
	return refused
}

// Problems puts refusals into the shape of the spec's own problems; file is the
// spec's name. Other findings are left out.
func (l List) Problems(file string) problem.List {
	var list problem.List
	for _, finding := range l.Refused() {
		p := problem.Problem{
			Kind: problem.Invalid, File: file, Line: finding.Line, Column: finding.Column, Field: finding.Path, Message: finding.Message,
		}
		if finding.Hint != "" {
			p.Hints = []string{finding.Hint}
		}
		list = append(list, p)
	}
	return list
}

// Notes gathers findings while a target resolves an app.
type Notes struct {
	target spec.Target
	app    *spec.App
	list   List
	said   map[words]int   // where in the list a path and message stand first
	noted  map[string]bool // paths of which something is said
}

type words struct{ path, message string }

// New starts gathering a target's findings.
func New(t spec.Target, app *spec.App) *Notes {
	return &Notes{target: t, app: app, said: map[words]int{}, noted: map[string]bool{}}
}

// Exact notes that the field at path means the same on this target.
func (n *Notes) Exact(path, format string, args ...any) {
	n.add(Exact, path, Refusal{}, format, args...)
}

// Approximate notes that the field works with a difference.
func (n *Notes) Approximate(path, format string, args ...any) {
	n.add(Approximate, path, Refusal{}, format, args...)
}

// Dropped notes that the field changes nothing on this target.
func (n *Notes) Dropped(path, format string, args ...any) {
	n.add(Dropped, path, Refusal{}, format, args...)
}

// Refusal says which limit refuses a value, and what to do about it.
type Refusal struct {
	Limit string // what is limited, such as "timeout"
	Page  string // that documents the limit
	Hint  string // what to do
}

// Refused notes that the target cannot implement the field's value.
func (n *Notes) Refused(path string, because Refusal, format string, args ...any) {
	n.add(Refused, path, because, format, args...)
}

// OtherTargets notes a service's fields that only other targets have, but for those that
// have changed something here and were noted. Which those are, and what this target does
// instead, the grammar says.
func (n *Notes) OtherTargets(service string) {
	for _, t := range spec.Targets() {
		if t == n.target {
			continue
		}
		for _, f := range n.app.OnlyOn(t, service) {
			if !n.noted[f.Path] {
				n.Dropped(f.Path, "%s", f.Instead)
			}
		}
	}
}

// Targets notes the services that are written for some of the app's targets only.
func (n *Notes) Targets() {
	for _, name := range n.app.ServiceNames() {
		switch s := n.app.Services[name]; {
		case !s.Alone():
			if path := "services." + name + ".targets"; n.app.Given(path) {
				n.Exact(path, "this target's stacks have the service, as all of the app's targets do")
			}
		case s.For(n.target):
			n.Exact("services."+name+".targets", "only this target's stacks have the service")
		default:
			n.Dropped("services."+name, "this target's stacks do not have the service: it is written for target %s only", s.Targets[0])
		}
	}
}

// Active says whether the setting active turns a service on and off, for a finding: as given,
// unless no other target has it.
func Active(s *spec.Service, switched string) string {
	if s.Alone() {
		return "it is always on, since no other target has the service"
	}
	return switched
}

// Usage notes that the usage in the spec changes nothing.
func (n *Notes) Usage() {
	const why = "assumed by ambi compare; never changes a stack"
	if n.app.Usage != nil {
		n.Dropped("usage", why)
	}
	for _, name := range n.app.ServiceNames() {
		if n.app.Services[name].Usage != nil {
			n.Dropped("services."+name+".usage", why)
		}
	}
	for _, name := range n.app.DataNames() {
		if path := "data." + name + "." + n.app.Data[name].Kind() + ".usage"; n.app.Given(path) {
			n.Dropped(path, why)
		}
	}
}

func (n *Notes) add(kind Kind, path string, because Refusal, format string, args ...any) {
	at := n.app.Position(path)
	f := Finding{
		Target: n.target, Kind: kind, Path: path, Line: at.Line, Column: at.Column,
		Message: fmt.Sprintf(format, args...), Hint: because.Hint, Page: because.Page, Limit: because.Limit,
	}
	key := words{path, f.Message}
	first, said := n.said[key]
	if said && slices.Contains(n.list[first:], f) { // such as of the app's image, by each service that has no other
		return
	}
	if !said {
		n.said[key] = len(n.list)
	}
	n.noted[path] = true
	n.list = append(n.list, f)
}

// List returns the findings in the order of the spec's text; fields at one place, such as
// defaults, stay in the order in which they were noted.
func (n *Notes) List() List { return Join(n.list) }

// Join merges lists of one target, in the order of the spec's text.
func Join(lists ...List) List {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return all
}
