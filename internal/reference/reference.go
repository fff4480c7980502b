// Package reference writes the reference of the spec's fields: what each is, its
// default and range from the Go types, and what it becomes on each target from
// the findings of example specs. So the page cannot say anything else than the
// code does. A second page lists the words of other tools, from the table that
// errors answer from.
package reference

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

const head = `# The spec, field by field

A test generates this page from ambi's types and from the findings about example specs; do
not edit it here. A * stands for a name of your choice, [] for each element of a list. The
translations are examples; ` + "`ambi validate --full`" + ` prints those for *your* values.

- **exact**: the field means the same there
- **approximate**: the field works there, with a difference that you should know
- **dropped**: the field has no meaning there and changes nothing
- **refused**: the target cannot implement the value

Quantities are Kubernetes quantities (` + "`500m`, `512Mi`" + `), and durations are Go durations (` + "`10s`, `250ms`" + `). A
rate is a number, an optional k, M or G, a slash and a unit of time (` + "`3M/month`, `100/s`" + `). Retention times
can also be days (` + "`30d`" + `). Rights are a list (` + "`[read]`" + `) or, for a bucket, a mapping of each right to the
key prefixes that it applies to (` + "`{read: [], write: [incoming/]}`" + `; an empty list means all keys).
`

// Markdown writes the page. Examples are specs that together have every field;
// a field that none of them has is an error.
func Markdown(examples ...[]byte) ([]byte, error) {
	said, err := findings(examples)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(head)
	all := fields(reflect.TypeFor[spec.App](), "")
	alike := "" // the section of which all was said at once
	for i, f := range all {
		fmt.Fprintf(&b, "\n## `%s`\n\n%s\n", f.path, strings.Join(f.facts(), " "))
		if f.as != "" {
			fmt.Fprintf(&b, "\nIts keys are those of [`%s`](#%[1]s).\n", f.as)
		}
		lines := said.lines(f.path)
		if !f.section && !said.spokenOf(f.path) && !internal(f.path) {
			return nil, fmt.Errorf("no example has %s", f.path)
		}
		if lines != nil && (alike == "" || !strings.HasPrefix(f.path, alike)) {
			b.WriteString("\n" + strings.Join(lines, "\n") + "\n")
		}
		if !f.section {
			continue
		}
		if lines := said.alike(f.path, all[i+1:]); lines != nil {
			alike = f.path + "."
			b.WriteString("\nEach of its keys:\n\n" + strings.Join(lines, "\n") + "\n")
		}
	}
	return []byte(b.String()), nil
}

// internal tells the fields that say something about the file itself, of which no
// target has an opinion.
func internal(path string) bool {
	return path == "apiVersion" || path == "targets[]" || strings.HasPrefix(path, "usage.")
}

// field is one key of the grammar.
type field struct {
	path    string
	section bool   // it only holds others
	as      string // the section whose keys it has too, where they are listed
	tag     reflect.StructTag
	bounds  string // its range, in words
}

// facts says what the Go type's tags say: what it is, whether it must be there,
// its default and its range.
func (f field) facts() []string {
	facts := []string{f.tag.Get("jsonschema_description")}
	var enum, defaults []string
	values := map[string]string{}
	for _, part := range strings.Split(f.tag.Get("jsonschema"), ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "enum":
			enum = append(enum, "`"+value+"`")
		case "default":
			defaults = append(defaults, "`"+value+"`")
		}
		values[key] = value
	}
	if _, required := values["required"]; required {
		facts = append(facts, "Required.")
	}
	if enum != nil {
		facts = append(facts, "One of "+strings.Join(enum, ", ")+".")
	}
	if least, ok := values["minimum"]; ok {
		facts = append(facts, fmt.Sprintf("From %s to %s.", least, values["maximum"]))
	}
	if f.bounds != "" {
		facts = append(facts, strings.ToUpper(f.bounds[:1])+f.bounds[1:]+".")
	}
	if most, ok := values["maxItems"]; ok {
		facts = append(facts, "At most "+most+".")
	}
	if defaults != nil {
		facts = append(facts, "Default: "+strings.Join(defaults, ", ")+".")
	}
	return facts
}

// listed are the sections that stand in several places, and where the page lists
// their keys.
//
//nolint:gochecknoglobals // a constant in all but name
var listed = map[reflect.Type]string{reflect.TypeFor[spec.Usage](): "usage"}

// fields lists the keys of a type, sections before what they hold.
func fields(t reflect.Type, path string) []field {
	var list []field
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		inner := t.Field(i).Type
		for done := false; !done; {
			if inner == reflect.TypeFor[spec.Rights]() { // of which the page's head says more
				break
			}
			switch inner.Kind() {
			case reflect.Pointer:
				inner = inner.Elem()
			case reflect.Slice:
				inner, at = inner.Elem(), at+"[]"
			case reflect.Map:
				inner, at = inner.Elem(), at+".*"
			default:
				done = true
			}
		}
		_, scalar := reflect.New(inner).Interface().(interface{ UnmarshalText([]byte) error })
		section := inner.Kind() == reflect.Struct && !scalar
		f := field{path: at, section: section, tag: t.Field(i).Tag, bounds: spec.Range(t.Field(i))}
		if elsewhere := listed[inner]; section && elsewhere != at {
			f.as = elsewhere
		}
		list = append(list, f)
		if section && f.as == "" {
			list = append(list, fields(inner, at)...)
		}
	}
	return list
}

// said is what the targets said about fields, by pattern of path.
type said map[string]finding.List

// findings resolves the examples and sorts what was found by field.
func findings(examples [][]byte) (said, error) {
	all := said{}
	for i, text := range examples {
		app, err := spec.Parse(fmt.Sprintf("example %d", i+1), text)
		if err != nil {
			return nil, err
		}
		for _, f := range target.Resolve(app).All() {
			path := pattern(f.Path)
			all[path] = append(all[path], f)
		}
	}
	return all, nil
}

// lines says, for each target, what became of a field or of a section as a whole: once for
// each kind, with the first example of it.
func (s said) lines(path string) []string {
	var lines []string
	for _, t := range spec.Targets() {
		for _, kind := range []finding.Kind{finding.Exact, finding.Approximate, finding.Dropped, finding.Refused} {
			if f, ok := s.first(path, t, kind); ok {
				lines = append(lines, fmt.Sprintf("- %s: **%s**, %s", t, kind, f.Message))
			}
		}
	}
	return lines
}

// alike is what the targets say of every field of a section, if that is the same
// and there are several.
func (s said) alike(section string, following []field) []string {
	var same []string
	count := 0
	for _, f := range following {
		if !strings.HasPrefix(f.path, section+".") {
			break
		}
		if f.section {
			return nil
		}
		lines := s.lines(f.path)
		if count++; count > 1 && !slices.Equal(lines, same) {
			return nil
		}
		same = lines
	}
	if count < 2 {
		return nil
	}
	return same
}

func (s said) first(path string, t spec.Target, kind finding.Kind) (finding.Finding, bool) {
	for _, f := range s.of(path) {
		if f.Target == t && f.Kind == kind {
			return f, true
		}
	}
	return finding.Finding{}, false
}

// of is what the targets said of a field. What they said of a list is about its elements.
func (s said) of(path string) finding.List {
	list, ok := strings.CutSuffix(path, "[]")
	if !ok {
		return s[path]
	}
	return slices.Concat(s[path], s[list])
}

// spokenOf reports whether a target said anything of a field, or of a section that holds it.
func (s said) spokenOf(path string) bool {
	for at := path; at != ""; at = enclosing(at) {
		if len(s.of(at)) > 0 {
			return true
		}
	}
	return false
}

// enclosing is the section that holds a field.
func enclosing(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), 0)]
}

var (
	index = regexp.MustCompile(`\[\d+\]`)
	names = regexp.MustCompile(`^services\.[^.]+|^data\.[^.]+|\b(?:env|secrets|uses)\.[^.]+`)
)

// pattern is a path with its indexes and free names taken out.
func pattern(path string) string {
	return names.ReplaceAllStringFunc(index.ReplaceAllString(path, "[]"), func(part string) string {
		return part[:strings.IndexByte(part, '.')] + ".*"
	})
}
