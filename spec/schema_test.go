package spec

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// compileSchema is the published schema as a validator.
func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("app.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("app.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is a YAML text as a JSON Schema sees it.
func asJSON(src []byte) (any, error) {
	var document any
	if err := yaml.Unmarshal(src, &document); err != nil {
		return nil, err
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

func TestSchemaAcceptsValid(t *testing.T) {
	schema := compileSchema(t)
	paths, err := filepath.Glob("testdata/valid/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range append(paths, "../app/app.yaml", "../app/minimal.yaml") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(path, src); err != nil {
			t.Error(err)
		}
		document, err := asJSON(src)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestSchemaRefusesInvalid validates the invalid goldens. The schema accepts
// exactly those whose fault is beyond it.
func TestSchemaRefusesInvalid(t *testing.T) {
	schema := compileSchema(t)
	beyond := []string{
		"colliding-names",        // two keys, each of them fine
		"routes-of-two-services", // two routes, each of them fine
		"two-documents",          // the first is fine
		"trailing-garbage",       // so is what stands before the end mark
		"deep-merges",            // fine, but for its depth
		"needs-alone",            // names that only the other keys make wrong
		"needs-cycles",
		"loops",
		"internal", // what contradicts it stands elsewhere
		"scale-too-slow",
		"schedule-usage", // of what starts the service
		"targets-across", // of other services
		"targets-without-service",
		"usage-agreement", // figures that do not go together
		"usage-batch-agreement",
		"usage-quantiles",
		"usage-messages",
		"usage-rare-bursts",
		"usage-rest",
		"usage-shapeless",
		"usage-sum",
		"usage-without-shape",
		"usage-huge", // a range of rates
		"usage-tiny",
		"usage-zero",
	}
	paths, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		document, err := asJSON(src)
		if err != nil {
			continue // not YAML, or a key that JSON cannot have: no schema gets to see it
		}
		if err := schema.Validate(document); (err == nil) != slices.Contains(beyond, name) {
			t.Errorf("%s: the schema says %v", name, err)
		}
	}
}

// TestSchemaKnowsEveryField walks the Go types and the schema side by side.
func TestSchemaKnowsEveryField(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	definitions := root["$defs"].(map[string]any)
	reached := map[string]bool{}

	var walk func(reflect.Type, map[string]any, string)
	walk = func(typ reflect.Type, s map[string]any, path string) {
		if ref, ok := s["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, "#/$defs/")
			reached[name] = true
			s, ok = definitions[name].(map[string]any)
			if !ok {
				t.Fatalf("%s: no definition %s", path, name)
			}
		}
		if reflect.PointerTo(typ).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			if s["examples"] == nil {
				t.Errorf("%s: no examples", path)
			}
			return
		}
		if typ == reflect.TypeFor[Rights]() { // a list or a mapping
			if forms, _ := s["oneOf"].([]any); len(forms) != 2 {
				t.Errorf("%s: not in both forms", path)
			}
			return
		}
		switch typ.Kind() {
		case reflect.Pointer:
			walk(typ.Elem(), s, path)
		case reflect.Map:
			if names, ok := s["propertyNames"].(map[string]any); !ok || names["pattern"] == nil {
				t.Errorf("%s: no pattern for its keys", path)
			}
			walk(typ.Elem(), s["additionalProperties"].(map[string]any), path+".*")
		case reflect.Slice:
			walk(typ.Elem(), s["items"].(map[string]any), path+"[]")
		case reflect.Struct:
			if s["additionalProperties"] != false || s["title"] == nil {
				t.Errorf("%s: open to unknown keys, or no title", path)
			}
			properties := maps.Clone(s["properties"].(map[string]any)) // a type may stand in several places
			for i := range typ.NumField() {
				f := typ.Field(i)
				if !f.IsExported() {
					continue
				}
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				p, ok := properties[name].(map[string]any)
				if !ok {
					t.Errorf("%s.%s: not in the schema", path, name)
					continue
				}
				delete(properties, name)
				if d, _ := p["description"].(string); !strings.HasSuffix(d, ".") {
					t.Errorf("%s.%s: bad description %q", path, name, d)
				}
				walk(f.Type, p, path+"."+name)
			}
			for name := range properties {
				t.Errorf("%s.%s: only in the schema", path, name)
			}
		}
	}
	walk(reflect.TypeFor[App](), root, "app")
	for name := range definitions {
		if !reached[name] {
			t.Errorf("definition %s: nothing refers to it", name)
		}
	}
}

// TestDefaultsAgree compares the defaults in the tags, which the schema
// publishes, with what the decoder sets.
func TestDefaultsAgree(t *testing.T) {
	app := new(App)
	newDecoder(newReporter("")).setDefaults(reflect.ValueOf(app).Elem())
	service := new(Service)
	newDecoder(newReporter("")).setDefaults(reflect.ValueOf(service).Elem())

	compared := 0
	var compare func(reflect.Value, string)
	compare = func(v reflect.Value, path string) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			_, isScalar := v.Field(i).Addr().Interface().(scalar)
			inner := v.Field(i)
			if f.Type.Kind() == reflect.Pointer {
				inner = reflect.New(f.Type.Elem()).Elem()
				newDecoder(newReporter("")).setDefaults(inner)
			}
			if inner.Kind() == reflect.Struct && !isScalar {
				compare(inner, path+"."+f.Name)
				continue
			}
			var want []string
			for word := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
				if text, ok := strings.CutPrefix(word, "default="); ok {
					want = append(want, text)
				}
			}
			var got []string
			if v.Field(i).Kind() == reflect.Slice {
				for j := range v.Field(i).Len() {
					got = append(got, fmt.Sprint(v.Field(i).Index(j)))
				}
			} else if !v.Field(i).IsZero() {
				got = []string{fmt.Sprint(v.Field(i))}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s.%s: the tag says %v, SetDefaults %v", path, f.Name, want, got)
			}
			compared += len(want)
		}
	}
	compare(reflect.ValueOf(app).Elem(), "App")
	compare(reflect.ValueOf(service).Elem(), "Service")
	if compared < 14 {
		t.Errorf("only %d defaults compared", compared)
	}
}

// TestSchemaIsStable pins the published text.
func TestSchemaIsStable(t *testing.T) {
	first, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if again, _ := Schema(); !bytes.Equal(first, again) {
			t.Fatal("two texts")
		}
	}
	if bytes.Contains(first, []byte("$id")) {
		t.Error("claims a place on the web")
	}
}

// TestScalarsAgreeWithPatterns feeds near misses to the parsers of scalars and
// to the patterns that the schema publishes: what a parser takes, the pattern
// must take too.
func TestScalarsAgreeWithPatterns(t *testing.T) {
	schema := compileSchema(t)
	document := func(route, cpu, timeout, rate string) any {
		return map[string]any{
			"apiVersion": APIVersion, "name": "x",
			"services": map[string]any{"a": map[string]any{
				"image": "a:1", "cpu": cpu, "timeout": timeout,
				"http": map[string]any{"routes": []any{route}},
			}},
			"usage": map[string]any{"requests": rate},
		}
	}
	valid := []string{"GET /a/{b}/{c+}", "500m", "1m30s", "1.5k/day"}
	parsers := []func(string) error{
		func(s string) error { _, err := ParseRoute(s); return err },
		func(s string) error { _, err := ParseQuantity(s); return err },
		func(s string) error { _, err := ParseDuration(s); return err },
		func(s string) error { _, err := ParseRate(s); return err },
	}
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = "GET POSANY/{}+ab.-_~0123456789kKmMiGTsuhdµ \n"
	taken := make([]int, len(valid))
	for range 5_000 {
		for i, parse := range parsers {
			text := []rune(valid[i])
			for range r.IntN(3) {
				at := r.IntN(len(text))
				c := []rune(alphabet)[r.IntN(len([]rune(alphabet)))]
				switch r.IntN(3) {
				case 0:
					text[at] = c
				case 1:
					text = slices.Insert(text, at, c)
				case 2:
					if len(text) > 1 {
						text = slices.Delete(text, at, at+1)
					}
				}
			}
			if parse(string(text)) != nil {
				continue
			}
			taken[i]++
			fields := slices.Clone(valid)
			fields[i] = string(text)
			if err := schema.Validate(document(fields[0], fields[1], fields[2], fields[3])); err != nil {
				t.Fatalf("Parse takes %q, the schema does not: %v", string(text), err)
			}
		}
	}
	for i, n := range taken {
		if n < 1000 {
			t.Errorf("only %d variants of %s were valid", n, valid[i])
		}
	}
}
