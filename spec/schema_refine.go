package spec

import (
	"reflect"

	"github.com/invopop/jsonschema"
	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	labelPattern     = `^[a-z]([a-z0-9-]*[a-z0-9])?$`
	namespacePattern = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
	objectPattern    = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
	zipPattern       = `^[^/\\:][^\\:]*\.zip$`
	maxObjectName    = validation.DNS1123SubdomainMaxLength
	textPattern      = `^[^\x00-\x08\x0B-\x1F\x7F-\x9F]*$`
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
	own := []*jsonschema.Schema{{Required: []string{"image"}}, lambdaWith("image"), lambdaWith("zip")}
	services := jsonschema.NewProperties()
	services.Set("services", &jsonschema.Schema{AdditionalProperties: &jsonschema.Schema{AnyOf: own}})
	s.root.AnyOf = []*jsonschema.Schema{{Required: []string{"image"}}, {Properties: services}}
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
		Type: "string", Pattern: textPattern, Not: &jsonschema.Schema{Pattern: credential.String()},
	}
	property(service, "secrets").PropertyNames = names

	secret := s.of(reflect.TypeFor[Secret]())
	name := property(secret, "name")
	name.Pattern, name.MaxLength = objectPattern, number(maxObjectName)
	property(secret, "key").Pattern = secretKeyPattern

	plainPath(property(s.of(reflect.TypeFor[Health]()), "path"))

	scale := s.of(reflect.TypeFor[Scale]())
	scale.Not = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Required: []string{"cpu", "memory"}},
		{Required: []string{"cpu", "requests"}},
		{Required: []string{"memory", "requests"}},
		{Required: []string{"cpu", "backlog"}},
		{Required: []string{"memory", "backlog"}},
		{Required: []string{"requests", "backlog"}},
	}}
}

func (s schema) refineAccess() {
	service := s.of(reflect.TypeFor[Service]())
	needs := property(service, "needs").Items
	needs.Pattern, needs.MaxLength = labelPattern, number(maxName-2)
}

func (s schema) refineLambda() {
	lambda := s.of(reflect.TypeFor[LambdaOptions]())
	lambda.Title = "lambda options"
	lambda.Not = &jsonschema.Schema{Required: []string{"image", "zip"}}
	lambda.DependentRequired = map[string][]string{"layers": {"zip"}}
	property(lambda, "zip").Pattern = zipPattern
	layers := property(lambda, "layers").Items
	layers.Pattern, layers.MaxLength = layerPattern, number(maxLayer)
}

func (s schema) refineKubernetes() {
	kubernetes := s.of(reflect.TypeFor[KubernetesOptions]())
	kubernetes.Title = "kubernetes options"
	kubernetes.Not = &jsonschema.Schema{Required: []string{"ingress", "gateway"}}
	namespaceName(property(kubernetes, "namespace"))
	nameOfObject(property(kubernetes, "pullSecrets").Items)
	metric := property(kubernetes, "metric")
	metric.Pattern, metric.MaxLength = metricPattern, number(maxMetric)
}

func nameOfObject(p *jsonschema.Schema) {
	p.Pattern, p.MaxLength = objectPattern, number(maxObjectName)
}

func namespaceName(p *jsonschema.Schema) { p.Pattern, p.MaxLength = namespacePattern, number(63) }

// plainPath is an absolute path without parameters.
func plainPath(p *jsonschema.Schema) {
	p.Pattern, p.MaxLength = `^(/|(/`+literalPattern+`)+)$`, number(maxPath)
}
