package offline

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// unknownValue is how an unknown value travels: UnknownStringValue of
// github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin, whose import would
// bring 400 packages along for this one constant. A test compares the two.
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// properties are a resource's inputs or outputs in Pulumi's wire form. The
// stand-ins work on that form, so that whatever they do not look into (secrets,
// assets, references) passes through them as it came.
type properties = map[string]*structpb.Value

// unwrap returns a value without its secret mark, and whether it had one.
func unwrap(v *structpb.Value) (*structpb.Value, bool) {
	fields := v.GetStructValue().GetFields()
	if fields[sig.Key].GetStringValue() != sig.Secret {
		return v, false
	}
	inner, _ := unwrap(fields["value"])
	return inner, true
}

func secret(v *structpb.Value) *structpb.Value {
	return structpb.NewStructValue(&structpb.Struct{Fields: properties{
		sig.Key: structpb.NewStringValue(sig.Secret),
		"value": v,
	}})
}

func isUnknown(v *structpb.Value) bool { return v.GetStringValue() == unknownValue }

// decode turns a value into what [Resource] shows.
func decode(v *structpb.Value) any {
	if inner, is := unwrap(v); is {
		return Secret{decode(inner)}
	}
	if isUnknown(v) {
		return Unknown{}
	}
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StructValue:
		return decodeAll(kind.StructValue.GetFields())
	case *structpb.Value_ListValue:
		list := make([]any, len(kind.ListValue.GetValues()))
		for i, element := range kind.ListValue.GetValues() {
			list[i] = decode(element)
		}
		return list
	default:
		return v.AsInterface()
	}
}

func decodeAll(fields properties) map[string]any {
	all := make(map[string]any, len(fields))
	for key, value := range fields {
		all[key] = decode(value)
	}
	return all
}

// forget puts Unknown in place of each text that has one of the names in it. Real
// providers make up other names.
func forget(value any, names []string) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			fields[key] = forget(field, names)
		}
		return fields
	case []any:
		elements := make([]any, len(value))
		for i, element := range value {
			elements[i] = forget(element, names)
		}
		return elements
	case Secret:
		return Secret{forget(value.Value, names)}
	case string:
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(value, name) }) {
			return Unknown{}
		}
	}
	return value
}

// clone copies properties, deeply: a request's own are not ours to change.
func clone(s *structpb.Struct) properties {
	if s == nil {
		return properties{}
	}
	fields := proto.Clone(s).(*structpb.Struct).GetFields()
	if fields == nil {
		return properties{}
	}
	return fields
}
