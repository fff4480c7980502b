package offline

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// kubernetes stands in for pulumi-kubernetes. Its resources are Kubernetes
// objects, whose outputs are their inputs and what the cluster adds.
type kubernetes struct{}

func (kubernetes) configure(properties) {}

// check names an object without a name, as the real provider does: the logical
// name and eight characters. An object that is there keeps its name.
func (kubernetes) check(r resource, olds, inputs properties) string {
	metadata := inputs["metadata"]
	if metadata == nil {
		metadata = structpb.NewStructValue(&structpb.Struct{})
		inputs["metadata"] = metadata
	}
	inner, _ := unwrap(metadata)
	object := inner.GetStructValue()
	if object == nil || strings.HasSuffix(r.token, "List") || present(object.GetFields(), "name") || present(object.GetFields(), "generateName") {
		return ""
	}
	if object.Fields == nil {
		object.Fields = properties{}
	}
	name := r.name + "-" + r.hash(8)
	if old := field(olds["metadata"], "name"); old != "" {
		name = old
	}
	object.Fields["name"] = structpb.NewStringValue(name)
	if object.Fields["annotations"] == nil {
		object.Fields["annotations"] = structpb.NewStructValue(&structpb.Struct{Fields: properties{}})
	}
	annotations, _ := unwrap(object.Fields["annotations"])
	if fields := annotations.GetStructValue().GetFields(); fields != nil {
		fields["pulumi.com/autonamed"] = structpb.NewStringValue("true")
	}
	return name
}

func (kubernetes) republishes(resource, []string) []string { return nil }

// fixed: two objects of one kind cannot have the same name in one namespace.
func (kubernetes) fixed(_ resource, olds, news properties) bool {
	before, after := olds["metadata"], news["metadata"]
	autonamed := field(at(before, "annotations"), "pulumi.com/autonamed") == "true"
	return !autonamed && field(before, "name") == field(after, "name") && field(before, "namespace") == field(after, "namespace")
}

// id is the real provider's: namespace/name, or the name alone.
func (kubernetes) id(r resource, inputs properties) string {
	name := field(inputs["metadata"], "name")
	if name == "" {
		name = r.name + "-" + r.hash(8)
	}
	if namespace := field(inputs["metadata"], "namespace"); namespace != "" {
		return namespace + "/" + name
	}
	return name
}

func (kubernetes) computed(r resource, id string, _ properties) properties {
	return properties{"metadata": structpb.NewStructValue(&structpb.Struct{Fields: properties{
		"name":            structpb.NewStringValue(id[strings.LastIndexByte(id, '/')+1:]),
		"uid":             structpb.NewStringValue(r.hash(8) + "-0000-4000-8000-000000000000"),
		"resourceVersion": structpb.NewStringValue("1"),
	}})}
}

// external: the ID of an object is its name, after its namespace if it has one.
func (kubernetes) external(id string) properties {
	namespace, name, found := strings.Cut(id, "/")
	if !found {
		namespace, name = "", id
	}
	metadata := properties{"name": structpb.NewStringValue(name)}
	if found {
		metadata["namespace"] = structpb.NewStringValue(namespace)
	}
	return properties{"metadata": structpb.NewStructValue(&structpb.Struct{Fields: metadata})}
}

// field returns an object's string field, or "".
func field(object *structpb.Value, key string) string {
	inner, _ := unwrap(object)
	value, _ := unwrap(inner.GetStructValue().GetFields()[key])
	return value.GetStringValue()
}

// present reports whether a field is set to anything, be it unknown yet.
func present(fields properties, key string) bool {
	value, _ := unwrap(fields[key])
	if value == nil {
		return false
	}
	switch kind := value.GetKind().(type) {
	case *structpb.Value_NullValue:
		return false
	case *structpb.Value_StringValue:
		return kind.StringValue != ""
	default:
		return true
	}
}
