package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// Object is a Kubernetes object as JSON has it.
type Object map[string]any

// Read reads the objects of a YAML stream, in order. Empty documents count for nothing.
func Read(text []byte) ([]Object, error) {
	var objects []Object
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var o map[string]any // and no Object: all maps within would be of its type
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
}

// Field returns what is at the end of a path of keys, or nil.
func (o Object) Field(path ...string) any {
	var value any = map[string]any(o)
	for _, key := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[key]
	}
	return value
}

// Text returns a text at the end of a path, or "".
func (o Object) Text(path ...string) string {
	text, _ := o.Field(path...).(string)
	return text
}

// Number returns a number at the end of a path, or 0: a status that counts leaves
// out what it counts none of.
func (o Object) Number(path ...string) int {
	switch number := o.Field(path...).(type) {
	case float64:
		return int(number)
	case int:
		return number
	default:
		return 0
	}
}

// List returns the objects of a list at the end of a path.
func (o Object) List(path ...string) []Object {
	elements, _ := o.Field(path...).([]any)
	var list []Object
	for _, element := range elements {
		if fields, ok := element.(map[string]any); ok {
			list = append(list, fields)
		}
	}
	return list
}

// Items returns the objects of what the API server answered with a list.
func (o Object) Items() []Object { return o.List("items") }

func (o Object) Kind() string      { return o.Text("kind") }
func (o Object) Name() string      { return o.Text("metadata", "name") }
func (o Object) Namespace() string { return o.Text("metadata", "namespace") }

func (o Object) String() string { return fmt.Sprintf("%s %s/%s", o.Kind(), o.Namespace(), o.Name()) }

// Condition reports whether a condition of the object's status is true.
func (o Object) Condition(kind string) bool { return o.condition(kind).Text("status") == "True" }

// Reason says in a word why a condition of the object's status is what it is.
func (o Object) Reason(kind string) string { return o.condition(kind).Text("reason") }

func (o Object) condition(kind string) Object {
	for _, c := range o.List("status", "conditions") {
		if c.Text("type") == kind {
			return c
		}
	}
	return nil
}
