package stacktest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// mocks stands in for the engine and every provider. The SDK calls it from many
// goroutines at once.
type mocks struct {
	lock  sync.Mutex
	types map[string]reflect.Type // the Go struct of each resource, by type and name
	uses  []use
	errs  []error
	graph *Graph
}

// use is an output where it reaches an input, or the export of some name.
type use struct {
	where, export string
	output        pulumi.Output
}

func newMocks() *mocks {
	exports := &Resource{Type: "pulumi:pulumi:Stack", Name: "exports", Inputs: map[string]any{}}
	return &mocks{types: map[string]reflect.Type{}, graph: &Graph{Exports: exports}}
}

// observe sees each resource before it is registered. Mocks are told the values
// of inputs, but neither which outputs the program may read nor whether an input
// is a literal or some resource's output. Here both can be seen.
func (m *mocks) observe(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.types[args.Type+args.Name] = reflect.TypeOf(args.Resource)
	m.findUses(reflect.ValueOf(args.Props), args.Name+" ("+args.Type+")")
	return nil
}

func (m *mocks) observeExports(ctx *pulumi.Context) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for name, value := range ctx.GetCurrentExportMap() {
		m.uses = append(m.uses, use{"export " + name, name, pulumi.ToOutput(value)})
	}
}

// findUses looks for outputs among arguments. A literal needs no check: an empty
// one is meant to be.
func (m *mocks) findUses(v reflect.Value, where string) {
	if !v.IsValid() || !v.CanInterface() {
		return
	}
	switch value := v.Interface().(type) {
	case pulumi.Output:
		m.uses = append(m.uses, use{where: where, output: value})
		return
	case pulumi.Resource:
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		m.findUses(v.Elem(), where)
	case reflect.Struct:
		for i := range v.NumField() {
			m.findUses(v.Field(i), where+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			m.findUses(v.Index(i), fmt.Sprintf("%s[%d]", where, i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			m.findUses(v.MapIndex(key), where+"."+key.String())
		}
	}
}

// NewResource records a resource and answers as its provider would: with its
// inputs, and a fake for everything else.
func (m *mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if args.ReadRPC != nil { // it is there, whatever it is
		m.graph.Read = append(m.graph.Read, args.TypeToken+" "+args.ID)
		if args.TypeToken == "pulumi:pulumi:StackReference" {
			return args.ID, resource.NewPropertyMapFromMap(map[string]any{"name": args.ID, "outputs": DataOutputs}), nil
		}
		return args.ID, nil, nil
	}
	r := &Resource{Type: args.TypeToken, Name: args.Name, Request: args.RegisterRPC, Needs: map[string][]string{}}
	var above tokens.Type
	if p := resource.URN(r.Request.GetParent()); p != "" && p.QualifiedType() != resource.RootStackType {
		above = p.QualifiedType()
	}
	r.URN = string(resource.NewURN(Stack, Project, above, tokens.Type(r.Type), r.Name))
	if slices.ContainsFunc(m.graph.Resources, func(other *Resource) bool { return other.URN == r.URN }) {
		return "", nil, fmt.Errorf("%s is declared twice, which Pulumi refuses", r)
	}
	m.graph.Resources = append(m.graph.Resources, r)
	r.Needs[""] = slices.Clone(r.Request.GetDependencies())
	for input, from := range r.Request.GetPropertyDependencies() {
		r.Needs[input] = from.GetUrns()
		r.Needs[""] = slices.DeleteFunc(r.Needs[""], func(urn string) bool { return slices.Contains(from.GetUrns(), urn) })
	}
	fake := "fake:" + r.Type + ":" + r.Name
	outputs := complete(resource.NewProperty(args.Inputs), m.types[r.Type+r.Name], fake, 0).ObjectValue()
	r.Inputs, r.Outputs = plain(args.Inputs), plain(outputs)
	r.Outputs["id"] = cmp.Or(args.ID, fake+".id")
	return cmp.Or(args.ID, fake+".id"), outputs, nil
}

// Call answers no function of a provider: those need credentials even for a
// preview, and the outputs of what a stack declares say the same.
func (m *mocks) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	err := fmt.Errorf("the program calls %s, so that a preview would need credentials\nhint: if it must, answer it here, in stacktest's Call", args.Token)
	m.errs = append(m.errs, err) // even if the program goes on without the answer
	return nil, err
}

// decoded is a value as encoding/json would decode it.
func decoded(value any) (v any, err error) {
	encoded, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(encoded, &v)
	}
	return v, err
}

// finish reads the outputs that were used, now that all of them are resolved.
func (m *mocks) finish() error {
	for _, u := range m.uses {
		result, err := internals.UnsafeAwaitOutput(context.Background(), u.output)
		value := reflect.Indirect(reflect.ValueOf(result.Value))
		switch {
		case err != nil:
		case !result.Known:
			err = errors.New("the output used here is unknown")
		case !value.IsValid() || value.Kind() == reflect.String && value.Len() == 0:
			err = errors.New("the output used here is empty")
		case u.export != "":
			m.graph.Exports.Inputs[u.export], err = decoded(value.Interface())
		}
		if err != nil {
			m.errs = append(m.errs, fmt.Errorf("%s: %w", u.where, err))
		}
	}
	slices.SortFunc(m.errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	slices.SortFunc(m.graph.Resources, func(a, b *Resource) int { return cmp.Compare(a.URN, b.URN) })
	return errors.Join(m.errs...)
}
