// Package mutation tells how good a stack's checks are: it breaks the graph that
// the stack declared in every way it can think of, one at a time, and requires
// that the checks notice. In turn, edits that a team may make must not be held
// against it: other words in a text for people are such an edit, and no mutant.
//
// Derive finds the mutants mechanically: each resource left out, each input bent
// or removed, each element of a list dropped, each dependency cut or pointed at
// another resource, each timeout changed. Faults that take an idea, such as a
// replica count beside an autoscaler, are written by hand where the stack is.
package mutation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ambi/stacks/stacktest"
)

// Mutant is a graph with one thing changed, and a name that says what.
type Mutant struct {
	Name  string
	Graph *stacktest.Graph
	// What was changed, where it is one number.
	resource *stacktest.Resource
	number   number
}

// Derive lists every mechanical mutant of a graph, in a fixed order.
func Derive(original *stacktest.Graph) []Mutant {
	var all []Mutant
	for i, r := range original.Resources {
		without := slices.Delete(slices.Clone(original.Resources), i, i+1)
		all = append(all, Mutant{Name: r.String() + ": not declared", Graph: &stacktest.Graph{Resources: without, Exports: original.Exports, Read: original.Read}})
		in := func(change bend, edit func(r *stacktest.Resource)) {
			bent := cloneResource(r)
			edit(bent)
			g := &stacktest.Graph{Resources: slices.Clone(original.Resources), Exports: original.Exports, Read: original.Read} // the others are not edited
			g.Resources[i] = bent
			all = append(all, Mutant{Name: r.String() + ": " + change.change, Graph: g, resource: r, number: change.number})
		}
		bendInputs(r, in)
		bendNeeds(r, original, in)
		bendTimeouts(r, in)
	}
	bendInputs(original.Exports, func(change bend, edit func(r *stacktest.Resource)) {
		all = append(all, Mutate(original, "exports: "+change.change, func(g *stacktest.Graph) { edit(g.Exports) }))
	})
	return all
}

// Mutate returns a copy of a graph with an edit made to it.
func Mutate(original *stacktest.Graph, name string, edit func(g *stacktest.Graph)) Mutant {
	g := clone(original)
	edit(g)
	return Mutant{Name: name, Graph: g}
}

type editor func(change bend, edit func(r *stacktest.Resource))

// bendInputs changes each leaf and leaves out each key and element.
func bendInputs(r *stacktest.Resource, in editor) {
	for _, b := range bends(r.Inputs, "") {
		in(b, func(r *stacktest.Resource) { r.Inputs, _ = b.value.(map[string]any) })
	}
}

// bend is a value with one thing in it changed.
type bend struct {
	change string
	value  any
	number number // that the change is to
}

// number is a number that another one is changed to.
type number struct {
	path  string // such as spec.ports[0].port; empty where it is no number that is changed
	value float64
}

func bends(value any, path string) []bend {
	var all []bend
	leaf := func(bent any) {
		b := bend{change: fmt.Sprintf("%s is %#v, not %#v", path, bent, value), value: bent}
		if n, ok := bent.(float64); ok {
			b.number = number{path, n}
		}
		all = append(all, b)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at := path + "." + key
			if path == "" {
				at = key
			}
			if list, ok := v[key].([]any); ok && len(list) == 0 {
				continue // to the clouds' APIs, none is an empty list
			}
			without := maps.Clone(v)
			delete(without, key)
			all = append(all, bend{change: at + " is removed", value: without})
			for _, b := range bends(v[key], at) {
				if forPeople(key) && b.value != "" {
					continue
				}
				with := maps.Clone(v)
				with[key] = b.value
				all = append(all, bend{b.change, with, b.number})
			}
		}
	case []any:
		for i := range v {
			at := fmt.Sprintf("%s[%d]", path, i)
			all = append(all, bend{change: at + " is dropped", value: slices.Delete(slices.Clone(v), i, i+1)})
			for _, b := range bends(v[i], at) {
				with := slices.Clone(v)
				with[i] = b.value
				all = append(all, bend{b.change, with, b.number})
			}
		}
	case string:
		leaf(v + "-bent")
		if v != "" {
			leaf("")
		}
		var document map[string]any
		if json.Unmarshal([]byte(v), &document) == nil { // such as a policy
			for _, b := range bends(document, path+" as JSON") {
				text, err := json.Marshal(b.value)
				if err != nil {
					panic(err) // it was decoded just now
				}
				all = append(all, bend{change: b.change, value: string(text)})
			}
		}
	case float64:
		leaf(v + 1)
		if v != 0 {
			leaf(v * 1000)
		}
	case bool:
		leaf(!v)
	case nil: // null, in a document
		leaf("bent")
	default:
		panic(fmt.Sprintf("%s: no idea how to bend a %T", path, value))
	}
	return all
}

// forPeople tells the inputs that only people read: they must say something, in
// whichever words.
func forPeople(input string) bool { return input == "description" || input == "alarmDescription" }

// reworded has other words in every text for people.
func reworded(original *stacktest.Graph) Mutant {
	return Mutate(original, "other words for people", func(g *stacktest.Graph) {
		for _, r := range g.Resources {
			for input, value := range r.Inputs {
				if text, ok := value.(string); ok && forPeople(input) {
					r.Inputs[input] = "In other words: " + text
				}
			}
		}
	})
}

// bendNeeds cuts each dependency, and points it at each other resource in turn.
func bendNeeds(r *stacktest.Resource, g *stacktest.Graph, in editor) {
	for _, input := range slices.Sorted(maps.Keys(r.Needs)) {
		for i, urn := range r.Needs[input] {
			what := fmt.Sprintf("%s of %s", input, urn)
			if input == "" {
				what = "DependsOn " + urn
			}
			in(bend{change: what + " is cut"}, func(r *stacktest.Resource) {
				r.Needs[input] = slices.Delete(r.Needs[input], i, i+1)
			})
			for _, other := range g.Resources {
				if other.URN != urn {
					in(bend{change: what + " is to " + other.URN}, func(r *stacktest.Resource) { r.Needs[input][i] = other.URN })
				}
			}
		}
	}
}

func bendTimeouts(r *stacktest.Resource, in editor) {
	timeouts := r.Request.GetCustomTimeouts()
	for _, bent := range []string{"", "27h", "1s", "soon"} {
		if timeouts.GetCreate() != "" {
			in(bend{change: fmt.Sprintf("create times out after %q", bent)}, func(r *stacktest.Resource) { r.Request = timeout(bent, timeouts.GetUpdate()) })
		}
		if timeouts.GetUpdate() != "" {
			in(bend{change: fmt.Sprintf("update times out after %q", bent)}, func(r *stacktest.Resource) { r.Request = timeout(timeouts.GetCreate(), bent) })
		}
	}
}

func timeout(create, update string) *pulumirpc.RegisterResourceRequest {
	return &pulumirpc.RegisterResourceRequest{
		CustomTimeouts: &pulumirpc.RegisterResourceRequest_CustomTimeouts{Create: create, Update: update},
	}
}

func clone(g *stacktest.Graph) *stacktest.Graph {
	copied := &stacktest.Graph{Exports: cloneResource(g.Exports), Read: slices.Clone(g.Read)}
	for _, r := range g.Resources {
		copied.Resources = append(copied.Resources, cloneResource(r))
	}
	return copied
}

func cloneResource(r *stacktest.Resource) *stacktest.Resource {
	copied := *r
	copied.Inputs, _ = cloneValue(r.Inputs).(map[string]any)
	copied.Needs = map[string][]string{}
	for input, urns := range r.Needs {
		copied.Needs[input] = slices.Clone(urns)
	}
	return &copied // outputs are never edited
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := map[string]any{}
		for key, element := range v {
			copied[key] = cloneValue(element)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, element := range v {
			copied[i] = cloneValue(element)
		}
		return copied
	}
	return value
}
