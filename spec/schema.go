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
	s.refineOptions()

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

const (
	labelPattern      = `^[a-z]([a-z0-9-]*[a-z0-9])?$`
	namespacePattern  = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
	secretNamePattern = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
	zipPattern        = `^[^/\\:][^\\:]*\.zip$`
	textPattern       = `^[^\x00-\x08\x0B-\x1F\x7F-\x9F]*$`
)

func (s schema) refineApp() {
	name := property(s.root, "name")
	name.Pattern, name.MaxLength = labelPattern, number(maxName-2)
	name.Examples = []any{"thumbs"}
	services := property(s.root, "services")
	services.MaxProperties = number(maxServices)
	services.PropertyNames = &jsonschema.Schema{Pattern: labelPattern, MaxLength: number(maxName - 2)}
}

func (s schema) refineService() {
	service := s.of(reflect.TypeFor[Service]())
	lambdaWith := func(key string) *jsonschema.Schema {
		properties := jsonschema.NewProperties()
		properties.Set("lambda", &jsonschema.Schema{Required: []string{key}})
		return &jsonschema.Schema{Required: []string{"lambda"}, Properties: properties}
	}
	service.AnyOf = []*jsonschema.Schema{{Required: []string{"image"}}, lambdaWith("image"), lambdaWith("zip")}
	property(service, "image").Examples = []any{"ghcr.io/example/thumbs:1.4.2"}

	var reservedNames []any
	for _, name := range lambdaReserved() {
		reservedNames = append(reservedNames, name)
	}
	names := &jsonschema.Schema{
		Pattern: envPattern,
		Not:     &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Enum: reservedNames}, {Pattern: "^" + adapterPrefix}}},
	}
	env := property(service, "env")
	env.PropertyNames = names
	env.AdditionalProperties = &jsonschema.Schema{
		Type: "string", Pattern: textPattern, Not: &jsonschema.Schema{Pattern: credentialPattern},
	}
	property(service, "secrets").PropertyNames = names

	secret := s.of(reflect.TypeFor[Secret]())
	name := property(secret, "name")
	name.Pattern, name.MaxLength = secretNamePattern, number(253)
	property(secret, "key").Pattern = secretKeyPattern

	path := property(s.of(reflect.TypeFor[Health]()), "path")
	path.Pattern, path.MaxLength = `^(/|(/`+literalPattern+`)+)$`, number(maxPath)

	scale := s.of(reflect.TypeFor[Scale]())
	scale.Not = &jsonschema.Schema{Required: []string{"cpu", "memory"}}
}

func (s schema) refineOptions() {
	lambda := s.of(reflect.TypeFor[LambdaOptions]())
	lambda.Title = "lambda options"
	lambda.Not = &jsonschema.Schema{Required: []string{"image", "zip"}}
	lambda.DependentRequired = map[string][]string{"layers": {"zip"}}
	property(lambda, "zip").Pattern = zipPattern
	layers := property(lambda, "layers").Items
	layers.Pattern, layers.MaxLength = layerPattern, number(maxLayer)
	days := property(lambda, "logRetentionDays")
	for _, n := range logRetentions() {
		days.Enum = append(days.Enum, n)
	}

	kubernetes := s.of(reflect.TypeFor[KubernetesOptions]())
	kubernetes.Title = "kubernetes options"
	namespace := property(kubernetes, "namespace")
	namespace.Pattern, namespace.MaxLength = namespacePattern, number(63)
}
