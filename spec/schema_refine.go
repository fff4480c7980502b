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
		{Required: []string{"cpu", "memory"}}, {Required: []string{"cpu", "requests"}}, {Required: []string{"memory", "requests"}},
	}}
}

func (s schema) refineAccess() {
	service := s.of(reflect.TypeFor[Service]())
	needs := property(service, "needs").Items
	needs.Pattern, needs.MaxLength = labelPattern, number(maxName-2)

	permission := s.of(reflect.TypeFor[Permission]())
	property(permission, "actions").Items.Pattern = actionPattern
	property(permission, "resources").Items.Pattern = `^\*$|` + arnPattern
	narrow := jsonschema.NewProperties()
	for _, key := range []string{"actions", "resources"} {
		narrow.Set(key, &jsonschema.Schema{Items: &jsonschema.Schema{Not: &jsonschema.Schema{Pattern: broadPattern}}})
	}
	permission.AnyOf = []*jsonschema.Schema{{Required: []string{"why"}}, {Properties: narrow}}
	property(permission, "why").Pattern = linePattern
	property(permission, "why").MinLength = number(1)
}

func (s schema) refineHTTP() {
	s.of(reflect.TypeFor[HTTP]()).Title = "HTTP"
	domain := property(s.of(reflect.TypeFor[HTTP]()), "domain")
	domain.Pattern, domain.MaxLength = domainPattern, number(maxObjectName)

	cors := s.of(reflect.TypeFor[CORS]())
	cors.Title = "CORS"
	property(cors, "origins").Items.Pattern = `^\*$|` + originPattern
	headers := property(cors, "headers").Items
	headers.Pattern, headers.Not = headerPattern, &jsonschema.Schema{Const: "*"}

	jwt := s.of(reflect.TypeFor[JWT]())
	jwt.Title = "JSON Web Tokens"
	property(jwt, "issuer").Pattern = issuerPattern
	audience := property(jwt, "audience").Items
	audience.Pattern, audience.MinLength = linePattern, number(1)
}

func (s schema) refineLambda() {
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
}

func (s schema) refineKubernetes() {
	kubernetes := s.of(reflect.TypeFor[KubernetesOptions]())
	kubernetes.Title = "kubernetes options"
	kubernetes.Not = &jsonschema.Schema{Required: []string{"ingress", "gateway"}}
	object := func(p *jsonschema.Schema) { p.Pattern, p.MaxLength = objectPattern, number(maxObjectName) }
	namespace := func(p *jsonschema.Schema) { p.Pattern, p.MaxLength = namespacePattern, number(63) }

	namespace(property(kubernetes, "namespace"))
	object(property(kubernetes, "pullSecrets").Items)
	metric := property(kubernetes, "metric")
	metric.Pattern, metric.MaxLength = metricPattern, number(maxMetric)

	ingress := s.of(reflect.TypeFor[Ingress]())
	object(property(ingress, "class"))
	object(property(ingress, "tlsSecret"))
	gateway := s.of(reflect.TypeFor[Gateway]())
	object(property(gateway, "name"))
	namespace(property(gateway, "namespace"))

	zero := s.of(reflect.TypeFor[ScaleToZero]())
	zero.Title = "scale to zero"
	zero.AnyOf = []*jsonschema.Schema{{Required: []string{"floor"}}, {Required: []string{"keda"}}}
	keda := s.of(reflect.TypeFor[KEDA]())
	keda.Title = "KEDA"
	property(keda, "prometheus").Pattern = prometheusPattern
	query := property(keda, "query")
	query.Pattern, query.MinLength = linePattern, number(1)

	monitor := s.of(reflect.TypeFor[ServiceMonitor]())
	monitor.Title = "service monitor"
	plainPath(property(monitor, "path"))
}

// plainPath is an absolute path without parameters.
func plainPath(p *jsonschema.Schema) {
	p.Pattern, p.MaxLength = `^(/|(/`+literalPattern+`)+)$`, number(maxPath)
}
