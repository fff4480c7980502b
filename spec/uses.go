package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v3"
)

// Rights are what a service may do with some data: for each right, the prefixes of
// the keys that it holds for, or none for all of it. A spec may list rights alone.
type Rights map[string][]string

// RightsOf lists the rights that a kind of data has.
func RightsOf(kind string) []string {
	return kindOfData(kind).rights
}

// rights decodes both forms: a list of rights, and a mapping of rights to prefixes.
// Either way the position of a right is that of its name.
func (d *decoder) rights(into *Rights, n *yaml.Node, path string, at Position) {
	*into = Rights{}
	switch n.Kind {
	case yaml.SequenceNode:
		if len(n.Content) == 0 {
			d.report(at, path, "must not be empty")
		}
		for i, element := range n.Content {
			right, ok := d.str(element, item(path, i), place(element))
			if !ok {
				continue
			}
			if _, twice := (*into)[right]; twice {
				d.report(place(element), child(path, right), fmt.Sprintf("is given twice, first in line %d", d.positions[child(path, right)].Line))
				continue
			}
			(*into)[right] = nil
			d.positions[child(path, right)] = place(element)
		}
	case yaml.MappingNode:
		entries := d.entries(n, path, child(path, "<<"))
		if len(n.Content) == 0 {
			d.report(at, path, "must not be empty")
		}
		for _, e := range entries {
			var prefixes []string
			unique := anything()
			unique.unique = true
			d.decodeEntry(reflect.ValueOf(&prefixes).Elem(), e, child(path, e.key), unique)
			(*into)[e.key] = prefixes
		}
	default:
		d.mistyped(n, path, at, "a list of rights, or a mapping of rights to prefixes")
	}
}

// uses checks what a service may do with the app's data.
func (v *validator) uses(path string, s *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Uses)) {
		at := child(path+".uses", name)
		d := v.app.Data[name]
		switch {
		case !v.sound(at) || d != nil && !v.sound(child("data", name)):
			continue
		case d == nil:
			v.failKey(at, "must be data of the app, got "+quote(name), v.suggestData(name, "")...)
			continue
		}
		kind := d.Kind()
		if kind == "" {
			continue
		}
		for _, right := range slices.Sorted(maps.Keys(s.Uses[name])) {
			v.right(child(at, right), kind, right, s.Uses[name][right])
		}
		for _, variable := range DataVariables(name, kind) {
			v.dataVariable(path, at, variable, s)
		}
	}
	if e, ok := v.eventsOf(s, path); ok && e.Pull {
		for _, variable := range DataVariables(e.Queue, "queue") {
			v.dataVariable(path, path, variable, s)
		}
	}
}

// eventsOf is [App.Events] by the service's path.
func (v *validator) eventsOf(s *Service, path string) (Events, bool) {
	for name, other := range v.app.Services {
		if other == s && child("services", name) == path {
			return v.app.Events(name)
		}
	}
	return Events{}, false
}

func (v *validator) right(at, kind, right string, prefixes []string) {
	if !v.sound(at) {
		return
	}
	if !slices.Contains(RightsOf(kind), right) {
		v.fail(at, fmt.Sprintf("a %s has no right %s", kind, quote(right)), fmt.Sprintf("its rights are %s", strings.Join(RightsOf(kind), ", ")))
		return
	}
	if kind != "bucket" && len(prefixes) > 0 {
		v.fail(at, "only a bucket's rights have prefixes")
		return
	}
	for i, prefix := range prefixes {
		v.keyPart(item(at, i), prefix, keyPrefix)
	}
}

// dataVariable refuses variables that get in the way of one that says where data is.
func (v *validator) dataVariable(path, at, name string, s *Service) {
	const message = "is set by ambi, for data that the service uses"
	if _, taken := s.Env[name]; taken {
		v.failKey(child(path+".env", name), message, "choose another name")
	}
	if _, taken := s.Secrets[name]; taken {
		v.failKey(child(path+".secrets", name), message, "choose another name")
	}
	for i, other := range s.Needs {
		if AddressVariable(other) == name {
			v.fail(item(path+".needs", i), fmt.Sprintf("its address would be in %s, which %s", name, message), "rename the service or the data")
		}
	}
}

// JSONSchema describes both forms.
func (Rights) JSONSchema() *jsonschema.Schema {
	all := []any{}
	for _, kind := range DataKinds() {
		for _, right := range RightsOf(kind) {
			if !slices.Contains(all, any(right)) {
				all = append(all, right)
			}
		}
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		{Type: "array", MinItems: number(1), UniqueItems: true, Items: &jsonschema.Schema{Type: "string", Enum: all}},
		{
			Type: "object", MinProperties: number(1), PropertyNames: &jsonschema.Schema{Enum: all},
			AdditionalProperties: &jsonschema.Schema{Type: "array", UniqueItems: true, Items: &jsonschema.Schema{
				Type: "string", Pattern: keyPattern, MaxLength: number(maxKey1024),
			}},
		},
	}}
}

func (s schema) refineUses() {
	uses := property(s.of(reflect.TypeFor[Service]()), "uses")
	uses.PropertyNames = &jsonschema.Schema{Pattern: labelPattern, MaxLength: number(maxName - 2)}
}
