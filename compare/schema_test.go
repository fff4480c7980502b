package compare_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	reflector "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"ambi/compare"
	"ambi/compare/prices"
	"ambi/compare/simulate"
	"ambi/compare/traffic"
)

var update = flag.Bool("update", false, "write schema.json anew")

// schemaOf makes the schema from the Go types, with their comments as its
// descriptions. Open admits keys that a later ambi may add.
func schemaOf(t *testing.T, open bool) []byte {
	t.Helper()
	types := map[string]reflect.Type{} // by the definitions' names
	r := &reflector.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: open, Mapper: plainType,
		Namer: func(t reflect.Type) string {
			name := definition(t)
			types[name] = t
			return name
		},
	}
	for base, path := range map[string]string{"ambi/compare": ".", "ambi/target": "../target", "ambi/spec": "../spec"} {
		if err := r.AddGoComments(base, path); err != nil {
			t.Fatal(err)
		}
	}
	for name, comment := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(comment), " ")
	}
	root := r.Reflect(&compare.Result{})
	root.Title = "ambi comparison"
	root.Description = "What \"ambi compare --json\" prints: one app on the targets lambda and kubernetes. Costs are US dollars a month; null is unknown, which is not zero."
	nullable(root, reflect.TypeFor[compare.Result]())
	for name, of := range root.Definitions {
		if types[name] != nil && types[name].Kind() == reflect.Struct {
			nullable(of, types[name])
		}
	}
	format, _ := root.Properties.Get("format")
	format.Const = compare.Format
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// nullable lets what is a pointer in Go, and always written, be null.
func nullable(s *reflector.Schema, t reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		p, ok := s.Properties.Get(name)
		if !ok || f.Type.Kind() != reflect.Pointer || strings.Contains(rest, "omitempty") {
			continue
		}
		of := *p
		of.Description = ""
		s.Properties.Set(name, &reflector.Schema{AnyOf: []*reflector.Schema{&of, {Type: "null"}}, Description: p.Description})
	}
}

// plainType is the schema of types that marshal themselves.
func plainType(t reflect.Type) *reflector.Schema {
	number := &reflector.Schema{Type: "number"}
	orNull := func(s *reflector.Schema) *reflector.Schema {
		return &reflector.Schema{AnyOf: []*reflector.Schema{s, {Type: "null"}}}
	}
	switch t {
	case reflect.TypeFor[prices.USD]():
		return number
	case reflect.TypeFor[traffic.Maybe[float64]]():
		return orNull(number)
	case reflect.TypeFor[traffic.Maybe[int]](), reflect.TypeFor[traffic.Maybe[int64]]():
		return orNull(&reflector.Schema{Type: "integer"})
	case reflect.TypeFor[prices.PerUnit]():
		return &reflector.Schema{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?$`, Description: "Dollars as a decimal number."}
	}
	switch t { // arrays in Go, and objects in JSON
	case reflect.TypeFor[simulate.OutcomeCounts](), reflect.TypeFor[simulate.MeterTotals]():
		return &reflector.Schema{Type: "object", AdditionalProperties: &reflector.Schema{Type: "integer"}}
	case reflect.TypeFor[simulate.MeterErrors](), reflect.TypeFor[simulate.GaugeErrors]():
		return &reflector.Schema{Type: "object", AdditionalProperties: number}
	case reflect.TypeFor[simulate.GaugeLevels]():
		return &reflector.Schema{Type: "object", AdditionalProperties: &reflector.Schema{Type: "object"}}
	}
	if strings.HasPrefix(t.Name(), "Maybe[") { // of a duration
		return orNull(&reflector.Schema{Type: "string", Examples: []any{"40ms"}})
	}
	return nil
}

// definition names types of other packages by their package too.
func definition(t reflect.Type) string {
	if t.Name() == "" {
		return ""
	}
	at := strings.LastIndexByte(t.PkgPath(), '/')
	if pkg := t.PkgPath()[at+1:]; pkg != "compare" {
		return pkg + "." + t.Name()
	}
	return t.Name()
}

// TestSchema holds the published schema to the Go types.
func TestSchema(t *testing.T) {
	want := schemaOf(t, true)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(compare.Schema(), want) {
		t.Error("schema.json is stale; run: go test ./compare -run TestSchema -update")
	}
	for _, hint := range []string{`"const": "ambi.compare/v1"`, "a month; null while unknown", `"#/$defs/cost.Bill"`} {
		if !bytes.Contains(want, []byte(hint)) {
			t.Errorf("the schema lacks %s", hint)
		}
	}
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("compare.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("compare.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestResultsAreOfTheSchema validates results of every kind, with a schema that
// admits no other key, and spoils them to see it refuse.
func TestResultsAreOfTheSchema(t *testing.T) {
	open, closed := compiled(t, compare.Schema()), compiled(t, schemaOf(t, false))
	for name, r := range results(t) {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*jsonschema.Schema{open, closed} {
			if err := s.Validate(document); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		object := document.(map[string]any)
		for _, spoil := range []func(map[string]any){
			func(o map[string]any) { delete(o, "verdict") },
			func(o map[string]any) { o["format"] = "ambi.compare/v2" },
			func(o map[string]any) { o["lambda"] = map[string]any{"bill": "cheap"} },
			func(o map[string]any) { o["services"] = nil },
		} {
			copied := map[string]any{}
			for k, v := range object {
				copied[k] = v
			}
			spoil(copied)
			if open.Validate(copied) == nil {
				t.Errorf("%s: the schema takes a spoiled result", name)
			}
		}
	}
}
