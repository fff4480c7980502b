package awsapi

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Call is a call of an API. The input has the names of the API's members, and values as
// encoding/json has them.
type Call struct {
	API, Operation string
	Input          map[string]any
}

// Check returns what is wrong with the calls that create a resource, which [Models.Calls]
// returns. The error says that the table or the models lack something.
func (m *Models) Check(token string, inputs map[string]any) (problems []string, err error) {
	calls, err := m.Calls(token, inputs)
	if err != nil {
		return nil, err
	}
	for _, call := range calls {
		model, shape, err := m.input(call.API, call.Operation)
		if err != nil {
			return nil, err
		}
		c := &checker{models: m, model: model}
		c.check(shape, call.Input, call.Operation)
		problems = append(problems, c.problems...)
	}
	return problems, nil
}

// Calls returns the calls that create a resource, in order. Inputs are the resource's, as the
// engine keeps them: with the names that the provider gave, and nothing unknown.
func (m *Models) Calls(token string, inputs map[string]any) (calls []Call, err error) {
	entry, ok := types()[token]
	if !ok {
		return nil, fmt.Errorf("%s: no API operation is known for it\nhint: add it to the table in internal/awsapi", token)
	}
	used := map[string]bool{"__defaults": true}
	for name := range strings.FieldsSeq(entry.unsent) {
		used[name] = true
	}
	for _, operation := range entry.operations {
		model, shape, err := m.input(operation.api, operation.name)
		if err != nil {
			return nil, err
		}
		input := map[string]any{}
		given := maps.Clone(operation.made)
		if given == nil {
			given = map[string]any{}
		}
		maps.Copy(given, plain(inputs).(map[string]any))
		if operation.prepare != nil {
			given = operation.prepare(given)
		}
		for field := range strings.FieldsSeq(operation.takes) {
			name, member, other := strings.Cut(field, ":")
			if !other {
				member = model.memberOf(shape, name)
			}
			used[name] = true
			at, attribute, err := model.at(shape, member)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", token, name, err)
			}
			value := given[name]
			if attribute {
				value = text(value)
			}
			if value != nil {
				put(input, member, model.convert(at, value))
			}
		}
		if operation.only == "" || inputs[operation.only] != nil {
			calls = append(calls, Call{operation.api, operation.name, input})
		}
	}
	for name := range sorted(inputs) {
		if !used[name] {
			return nil, fmt.Errorf("%s: no API operation takes its input %s\nhint: say in the table in internal/awsapi where it goes", token, name)
		}
	}
	return calls, nil
}

// put sets a member of a structure in structures: VpcConfig.SubnetIds.
func put(call map[string]any, path string, value any) {
	first, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		call[first] = value
		return
	}
	inner, ok := call[first].(map[string]any)
	if !ok {
		inner = map[string]any{}
		call[first] = inner
	}
	put(inner, rest, value)
}

// at returns the shape of a member of a structure in structures. What is in a map
// instead is an attribute.
func (s *service) at(from *shape, path string) (at *shape, attribute bool, err error) {
	for name := range strings.SplitSeq(path, ".") {
		next := from.Members[name]
		attribute = from.Type == "map"
		if attribute {
			next = from.Value
		}
		if s.Shapes[next.Shape] == nil {
			return nil, false, fmt.Errorf("%s has no member %s", from.name, name)
		}
		from = s.Shapes[next.Shape]
	}
	return from, attribute, nil
}

// text writes a number or a truth as attributes have them.
func text(value any) any {
	switch value := value.(type) {
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(value)
	default:
		return value
	}
}

// renamed finds a member that Pulumi's provider calls otherwise than by the member's
// name in another case.
func renamed(member string) (name string, ok bool) {
	name, ok = map[string]string{
		"ImageConfig.commands":       "Command",
		"ImageConfig.entryPoints":    "EntryPoint",
		"JWTConfiguration.audiences": "Audience",

		"AttributeDefinition.name":  "AttributeName",
		"AttributeDefinition.type":  "AttributeType",
		"GlobalSecondaryIndex.name": "IndexName",

		"PointInTimeRecoverySpecification.enabled": "PointInTimeRecoveryEnabled",
	}[member]
	return name, ok
}

// convert brings a value of Pulumi's into the form of a shape: members have the
// API's names, tags and dimensions are lists, and what is alone stands in its list.
// What does not fit stays as it is, for check to report.
func (s *service) convert(to *shape, value any) any {
	switch to.Type {
	case "structure":
		object, ok := value.(map[string]any)
		if !ok {
			return value
		}
		members := map[string]any{}
		for key, value := range object {
			name := s.memberOf(to, key)
			if member := s.Shapes[to.Members[name].Shape]; member != nil {
				value = s.convert(member, value)
			}
			members[name] = value
		}
		return members
	case "list":
		element := s.Shapes[to.Member.Shape]
		object, alone := value.(map[string]any)
		if alone && element.Type == "structure" {
			if pairs, ok := s.pairs(element, object); ok {
				return pairs
			}
			return []any{s.convert(element, object)}
		}
		list, ok := value.([]any)
		if !ok {
			return value
		}
		converted := make([]any, len(list))
		for i, value := range list {
			converted[i] = s.convert(element, value)
		}
		return converted
	case "map":
		object, ok := value.(map[string]any)
		if !ok {
			return value
		}
		converted := map[string]any{}
		for key, value := range object {
			converted[key] = s.convert(s.Shapes[to.Value.Shape], value)
		}
		return converted
	default:
		return value
	}
}

// memberOf finds the member of a structure that an input is called after.
func (s *service) memberOf(of *shape, input string) string {
	if name, ok := renamed(of.name + "." + input); ok {
		return name
	}
	for name := range of.Members {
		if strings.EqualFold(name, input) {
			return name
		}
	}
	return input
}

// pairs makes a list of a map where a list's element has a key, or name, and a value.
func (s *service) pairs(element *shape, entries map[string]any) (list []any, ok bool) {
	key := "Key"
	if element.Members["Name"].Shape != "" {
		key = "Name"
	}
	if len(element.Members) != 2 || element.Members[key].Shape == "" || element.Members["Value"].Shape == "" {
		return nil, false
	}
	list = []any{}
	for name, value := range sorted(entries) {
		list = append(list, map[string]any{key: name, "Value": value})
	}
	return list, true
}

// The signatures by which the engine tells a secret and an archive from an object.
const (
	signature = "4dabf18193072939515e22adb298388d"
	isSecret  = "1b47061264138c4ac30d75fd1eb44270"
)

// plain takes secrets' covers away, and leaves of an asset or archive that it is one.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		switch value[signature] {
		case nil:
			object := map[string]any{}
			for key, inner := range value {
				if inner = plain(inner); inner != nil {
					object[key] = inner
				}
			}
			return object
		case isSecret:
			return "a secret"
		default:
			return "an archive"
		}
	case []any:
		list := make([]any, len(value))
		for i, inner := range value {
			list[i] = plain(inner)
		}
		return list
	default:
		return value
	}
}

func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
