// Package schemas makes the JSON Schemas of what ambi prints as JSON from the Go
// types that are printed, with their comments as descriptions. Tests call it, and
// hold what is published to it: ambi itself carries the finished text.
package schemas

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/simulate/replay"
)

// Options say what a schema is of.
type Options struct {
	Title, Description string
	// Format is the constant that the document's key format has.
	Format string
	// Home is the import path of the package that asks, whose types are named
	// without it.
	Home string
	// Unnamed are the import paths of other packages whose types are named without
	// them too.
	Unnamed []string
	// Open admits keys that a later ambi may add.
	Open bool
	// Folders are those, seen from Home's, of the packages whose comments are
	// descriptions.
	Folders []string
}

// Of is the schema (2020-12) of a document as encoding/json prints it: of a
// pointer to its type.
func Of(document any, o Options) ([]byte, error) {
	types := map[string]reflect.Type{} // by the definitions' names
	r := &jsonschema.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: o.Open, Mapper: plainType,
		Namer: func(t reflect.Type) string {
			name := o.definition(t)
			types[name] = t
			return name
		},
	}
	for _, folder := range o.Folders {
		if err := r.AddGoComments(o.Home, folder); err != nil {
			return nil, err
		}
	}
	for name, comment := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(comment), " ")
	}
	root := r.Reflect(document)
	root.Title, root.Description = o.Title, o.Description
	nullable(root, reflect.TypeOf(document).Elem())
	for name, of := range root.Definitions {
		if types[name] != nil && types[name].Kind() == reflect.Struct {
			nullable(of, types[name])
		}
	}
	format, ok := root.Properties.Get("format")
	if !ok {
		return nil, fmt.Errorf("%T has no format", document)
	}
	format.Const = o.Format
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

// nullable lets what is a pointer in Go, and always written, be null.
func nullable(s *jsonschema.Schema, t reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		p, ok := s.Properties.Get(name)
		if !ok || f.Type.Kind() != reflect.Pointer || strings.Contains(rest, "omitempty") {
			continue
		}
		of := *p
		of.Description = ""
		s.Properties.Set(name, &jsonschema.Schema{AnyOf: []*jsonschema.Schema{&of, {Type: "null"}}, Description: p.Description})
	}
}

// plainType is the schema of types that marshal themselves.
func plainType(t reflect.Type) *jsonschema.Schema {
	number := &jsonschema.Schema{Type: "number"}
	orNull := func(s *jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, {Type: "null"}}}
	}
	switch t {
	case reflect.TypeFor[price.USD]():
		return number
	case reflect.TypeFor[demand.Maybe[float64]]():
		return orNull(number)
	case reflect.TypeFor[demand.Maybe[int]](), reflect.TypeFor[demand.Maybe[int64]]():
		return orNull(&jsonschema.Schema{Type: "integer"})
	case reflect.TypeFor[price.PerUnit]():
		return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?$`, Description: "Dollars as a decimal number."}
	}
	switch t { // arrays in Go, and objects in JSON
	case reflect.TypeFor[replay.OutcomeCounts](), reflect.TypeFor[replay.MeterTotals]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "integer"}}
	case reflect.TypeFor[replay.MeterErrors](), reflect.TypeFor[replay.GaugeErrors]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: number}
	case reflect.TypeFor[replay.GaugeLevels]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "object"}}
	}
	if strings.HasPrefix(t.Name(), "Maybe[") { // of a duration
		return orNull(&jsonschema.Schema{Type: "string", Examples: []any{"40ms"}})
	}
	return nil
}

// definition names types of other packages by their package too.
func (o Options) definition(t reflect.Type) string {
	if t.Name() == "" || t.PkgPath() == o.Home || slices.Contains(o.Unnamed, t.PkgPath()) {
		return t.Name()
	}
	return t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + t.Name()
}
