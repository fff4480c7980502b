package spec

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// Schema is the JSON Schema (2020-12) of app.yaml, made from the types that
// Parse decodes into. It accepts every spec that Parse does; it also accepts
// some that Parse refuses, since a schema cannot say that two routes conflict.
func Schema() ([]byte, error) {
	reflector := &jsonschema.Reflector{Anonymous: true, RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	root := reflector.Reflect(&App{})
	root.Title = "ambi app spec"
	root.Description = "One app, for the targets lambda and kubernetes."

	s := schema{root}
	s.complete(reflect.TypeFor[App]())
	s.refineApp()
	s.refineService()
	s.refineAccess()
	s.refinePermission()
	s.refineHTTP()
	s.refineAuth()
	s.refineLambda()
	s.refineKubernetes()
	s.refineIngress()
	s.refineGateway()
	s.refineScaleToZero()
	s.refineServiceMonitor()
	s.refineData()
	s.refineBucket()
	s.refineQueue()
	s.refineTable()
	s.refinePostgres()
	s.refineVolumes()
	s.refineUploads()
	s.refineSchedule()
	s.refineCommand()
	s.refineUses()
	s.refineTriggers()

	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schema adds what the reflector cannot take from a type and its tags.
type schema struct{ root *jsonschema.Schema }

// of is the schema of a struct type of the grammar.
func (s schema) of(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[App]() {
		return s.root
	}
	return s.root.Definitions[t.Name()]
}

// property is the schema of one key of a struct type.
func property(of *jsonschema.Schema, key string) *jsonschema.Schema {
	p, ok := of.Properties.Get(key)
	if !ok {
		panic("spec: the schema has no key " + key)
	}
	return p
}

// complete gives titles to types, and to fields the parts of their tags that
// the reflector drops: defaults beside a $ref, and the least size of a map.
func (s schema) complete(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.Implements(reflect.TypeFor[interface{ JSONSchema() *jsonschema.Schema }]()) {
		return
	}
	of := s.of(t)
	if of.Title == "" {
		of.Title = strings.ToLower(t.Name())
	}
	for _, f := range fieldsOf(t) {
		field := t.Field(f.index)
		p := property(of, f.name)
		if text, ok := defaultOf(field); ok && p.Default == nil {
			p.Default = text
		}
		if field.Type.Kind() == reflect.Map && f.rule.notEmpty {
			p.MinProperties = number(1)
		}
		s.complete(field.Type)
	}
}

// defaultOf is the default in a field's jsonschema tag.
func defaultOf(f reflect.StructField) (string, bool) {
	for word := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
		if text, ok := strings.CutPrefix(word, "default="); ok {
			return text, true
		}
	}
	return "", false
}

func number(n int) *uint64 { u := uint64(n); return &u }
