package updateimpact

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
)

var update = flag.Bool("update", false, "write docs/changes.md anew")

// Every field of the grammar has a row, and every row is about fields that exist.
func TestEveryFieldHasARow(t *testing.T) {
	fields := leaves(reflect.TypeFor[spec.App](), "")
	said := map[string]bool{}
	for _, c := range slices.Concat(Whole(), All(), Data()) {
		for _, field := range c.Fields {
			said[field] = true
			if !slices.Contains(fields, field) {
				t.Errorf("%s is no field of the spec", field)
			}
		}
	}
	for _, field := range fields {
		if !said[field] {
			t.Errorf("no row says what a change of %s does", field)
		}
	}
}

// Every kind of resource that a row names has a rule, and so a source.
func TestEveryStepHasASource(t *testing.T) {
	for _, c := range slices.Concat(All(), Data()) {
		for _, e := range []Effect{c.Data, c.Lambda, c.Kubernetes} {
			for _, word := range strings.FieldsFunc(e.Steps, func(r rune) bool { return r == ' ' || r == ',' }) {
				if word != strings.ToLower(word) && source(word) == "" {
					t.Errorf("%v: nothing says where the rule of %s is from", c.Fields, word)
				}
			}
		}
	}
}

func TestPage(t *testing.T) {
	const page = "../../docs/changes.md"
	want := Markdown()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/changes.md is stale; run: go test ./internal/updateimpact -update, and read the difference")
	}
}

// leaves lists the fields of a type that hold no others.
func leaves(t reflect.Type, path string) []string {
	if _, scalar := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error }); scalar {
		return []string{path}
	}
	if t == reflect.TypeFor[spec.Rights]() {
		return []string{path}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return leaves(t.Elem(), path)
	case reflect.Slice:
		return leaves(t.Elem(), path+"[]")
	case reflect.Map:
		return leaves(t.Elem(), path+".*")
	case reflect.Struct:
		var list []string
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
				list = append(list, leaves(t.Field(i).Type, strings.TrimPrefix(path+"."+name, "."))...)
			}
		}
		return list
	default:
		return []string{path}
	}
}
