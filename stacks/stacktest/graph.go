package stacktest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Graph is what a program declared. The exports are the inputs of Exports.
type Graph struct {
	Resources []*Resource
	Exports   *Resource
	Read      []string // what exists already, as "TYPE ID"
}

// Resource is a resource that a program declared, its properties as
// encoding/json would decode them.
type Resource struct {
	Type, Name, URN string
	Inputs, Outputs map[string]any
	Needs           map[string][]string                // URNs of the resources that each input refers to; under "", of those in DependsOn
	Request         *pulumirpc.RegisterResourceRequest // all that Pulumi was asked, options included
}

// T is what a check tells about its subject; a *testing.T is one.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Complaints is a T that keeps what it is told: to try a check on a stack that
// is known to be broken.
type Complaints []string

// Helper does nothing.
func (*Complaints) Helper() {}

// Errorf keeps a complaint.
func (c *Complaints) Errorf(format string, args ...any) {
	*c = append(*c, fmt.Sprintf(format, args...))
}

// One finds a resource. Where there is none, it returns one without anything.
func (g *Graph) One(t T, typ, name string) *Resource {
	t.Helper()
	for _, r := range g.Resources {
		if r.Type == typ && r.Name == name {
			return r
		}
	}
	t.Errorf("%s (%s) is not declared", name, typ)
	return &Resource{Type: typ, Name: name}
}

// Names lists the resources.
func (g *Graph) Names() (all []string) {
	for _, r := range g.Resources {
		all = append(all, r.String())
	}
	return all
}

// String is how messages name the resource.
func (r *Resource) String() string { return r.Name + " (" + r.Type + ")" }

// Input is an input or a part of one: "spec.ports[0].port"; by a key of the
// elements, "spec.ports[name=http].port"; with a key that has dots,
// `metadata.labels["app.kubernetes.io/name"]`. It is nil where there is none.
func (r *Resource) Input(path string) any { return at(r.Inputs, path) }

// Output is an output or a part of one. Nothing equals one that does not exist.
func (r *Resource) Output(path string) any {
	if value := at(r.Outputs, path); value != nil {
		return value
	}
	return "output " + path + " of " + r.String() + ", which has none"
}

// Want requires the value of an input, nil for none, and says why. Equal is not
// enough where it names resources that the value must come from: only for those
// does Pulumi wait.
func (r *Resource) Want(t T, path string, want any, why string, from ...*Resource) {
	t.Helper()
	if got := r.Input(path); text(got) != text(want) {
		t.Errorf("%s: %s is %s, want %s: %s", r, path, text(got), text(want), why)
		return
	}
	for _, other := range from {
		if !slices.Contains(r.Needs[pathStep.FindString(path)], other.URN) {
			t.Errorf("%s: %s is not made from an output of %s, so that Pulumi may create either first: %s", r, path, other, why)
		}
	}
}

// pathStep is a step of a path: a name, ["a name"], [0] or [key=value].
var pathStep = regexp.MustCompile(`([^.\[\]]+)|\["([^"]+)"\]|\[(\d+)\]|\[(\w+)=([^\]]*)\]`)

func at(value any, path string) any {
	for _, step := range pathStep.FindAllStringSubmatch(path, -1) {
		object, _ := value.(map[string]any)
		list, _ := value.([]any)
		i, err := strconv.Atoi(step[3])
		if err != nil {
			i = slices.IndexFunc(list, func(element any) bool { return at(element, step[4]) == step[5] })
		}
		switch {
		case step[1]+step[2] != "":
			value = object[step[1]+step[2]]
		case i >= 0 && i < len(list):
			value = list[i]
		default:
			value = nil
		}
	}
	return value
}

// text writes a value as JSON, to which 1 and 1.0 are the same.
func text(v any) string {
	b, err := json.Marshal(v)
	if v == nil || err != nil {
		return "missing"
	}
	return string(b)
}
