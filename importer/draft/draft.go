// Package draft is a spec in the making: importers set values by the spec's own paths, and
// Text writes them as a person would. A draft need not be valid: what could not be resolved
// is written all the same, with a comment, and ambi validate points at it.
//
//	app := &draft.App{Name: "shop"}
//	web := app.Service("web")
//	web.Set("image", "ghcr.io/example/web:1.2.3")
//	web.Set("scale.min", 2).Comment("scale.min", "there was no autoscaler")
//	text := app.Text()
package draft

import (
	"fmt"
	"slices"
	"strings"

	"ambi/importer/source"
	"ambi/internal/terminal"
)

// App is the draft of a spec.
type App struct {
	Name     string
	Services []*Service // in the source's order
	Head     []string   // lines of a comment at the top
	values              // what else stands at the top, such as data
}

// Service is the draft of a service.
type Service struct {
	Name    string
	Alone   bool     // only Kubernetes can run it
	Exposed bool     // something outside the app reaches it
	Secrets string   // the secret that values of the source are to be kept in; empty for one of its own
	Head    []string // lines of a comment above it
	Object  Object   // of the source, that it was made of
	Node    *source.Node
	values
}

// values are set by path, and keep what is said about them.
type values struct {
	root     map[string]any
	comments map[string]string
}

// Service finds a service by its name, or adds it.
func (a *App) Service(name string) *Service {
	for _, s := range a.Services {
		if s.Name == name {
			return s
		}
	}
	s := &Service{Name: name}
	a.Services = append(a.Services, s)
	return s
}

// Work makes a worker of the service, which runs all the time by itself.
func (s *Service) Work() {
	s.Set("worker", map[string]any{})
	s.Alone = true
}

// Unresolved is a value that the source does not say. It is written as null, which ambi
// validate points at.
type Unresolved struct{}

// Set gives the value at a path, such as scale.min: a string, an int, a bool, a list of
// strings or Unresolved. Keys that are no words, such as names of variables, are set with
// [values.SetIn].
func (v *values) Set(path string, value any) {
	keys := strings.Split(path, ".")
	v.SetIn(keys[:len(keys)-1], keys[len(keys)-1], value)
}

// SetIn gives the value of a key, whatever is in it, within the mapping at a path.
func (v *values) SetIn(path []string, key string, value any) {
	if v.root == nil {
		v.root = map[string]any{}
	}
	at := v.root
	for _, k := range path {
		next, ok := at[k].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[k] = next
		}
		at = next
	}
	at[key] = value
}

// Get is the value at a path; nil where there is none.
func (v *values) Get(path string) any {
	var at any = v.root
	for _, key := range strings.Split(path, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[key]
	}
	return at
}

// Add appends to the list of texts at a path what it does not have yet.
func (v *values) Add(path string, texts ...string) {
	list, _ := v.Get(path).([]string)
	for _, text := range texts {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	v.Set(path, list)
}

// Comment says something about the value at a path, on its line.
func (v *values) Comment(path, format string, args ...any) {
	if v.comments == nil {
		v.comments = map[string]string{}
	}
	v.comments[path] = line(fmt.Sprintf(format, args...))
}

// line is text that cannot end a comment.
func line(text string) string {
	text = strings.Map(func(c rune) rune {
		if terminal.Hidden(c) {
			return ' '
		}
		return c
	}, text)
	const longest = 300
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return text
}

// Drop takes back the value below some keys, and mappings that it leaves empty.
func (v *values) Drop(keys ...string) {
	parents := []map[string]any{v.root}
	for _, key := range keys[:len(keys)-1] {
		next, ok := parents[len(parents)-1][key].(map[string]any)
		if !ok {
			return
		}
		parents = append(parents, next)
	}
	for i := len(keys) - 1; i >= 0; i-- {
		if delete(parents[i], keys[i]); len(parents[i]) > 0 {
			return
		}
	}
}
