package offline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// cloud is what differs between the two stand-ins.
type cloud interface {
	// configure takes the provider's configuration.
	configure(arguments properties)
	// check completes the inputs as the real provider would before it asks anybody:
	// with a name, where the program gave none; a resource that is there (olds are its
	// inputs) keeps its name. It returns the name that it made up, or "".
	check(r resource, olds, inputs properties) (madeUp string)
	// republishes reports whether a change of these inputs makes a new version of the
	// resource, and which outputs are then new.
	republishes(r resource, changed []string) (outputs []string)
	// fixed reports whether the program itself names the resource, so that the old one
	// must be deleted before a new one is created.
	fixed(r resource, olds, news properties) bool
	// id names a resource that is being created.
	id(r resource, inputs properties) string
	// computed invents the outputs that no input gives.
	computed(r resource, id string, inputs properties) properties
	// external returns what an ID says of a resource that the program only reads, or nil
	// where it says too little.
	external(id string) properties
}

// resource is how the engine names one. Its generation counts how often it was
// replaced.
type resource struct {
	urn, token, name string
	generation       int
}

// newResource reads a URN: urn:pulumi:stack::project::parent$type::name.
func newResource(urn string) resource {
	r := resource{urn: urn}
	if parts := strings.SplitN(urn, "::", 4); len(parts) == 4 {
		r.token = parts[2][strings.LastIndexByte(parts[2], '$')+1:]
		r.name = parts[3]
	}
	return r
}

// hash returns the first n hexadecimal digits of a hash of the resource. Real providers
// draw at random; a stand-in that repeats itself can be tested.
func (r resource) hash(n int) string {
	text := r.urn
	if r.generation > 0 {
		text = fmt.Sprintf("%s %d", r.urn, r.generation)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:n]
}

// version is above that of any SDK, since the engine warns of a plugin that is
// older than what the program asks for.
const version = "9999.0.0-offline"

// provider serves Pulumi's provider protocol for one cloud.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	name   string
	cloud  cloud
	record *record
}

func (p *provider) Handshake(context.Context, *pulumirpc.ProviderHandshakeRequest) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true}, nil
}

func (p *provider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (p *provider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{
		Schema: `{"name": "` + p.name + `", "version": "` + version + `", "description": "ambi's offline stand-in: it has no schema"}`,
	}, nil
}

func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

func (p *provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *provider) Configure(_ context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	p.cloud.configure(req.GetArgs().GetFields())
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true}, nil
}

// Invoke refuses: what a function of a real provider answers comes from an
// account or a cluster, and an invented answer would steer the program.
func (p *provider) Invoke(_ context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, status.Errorf(codes.FailedPrecondition,
		"the offline stand-in for %s cannot answer %s: a program that is to run without credentials must not use invokes\n"+
			"hint: take the value from a resource's output or from the stack's configuration", p.name, req.GetTok())
}

func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	r := p.resource(req.GetUrn())
	p.record.add(Resource{Type: r.token, Name: r.name, URN: r.urn, Inputs: decodeAll(req.GetNews().GetFields())})
	inputs := clone(req.GetNews())
	if name := p.cloud.check(r, req.GetOlds().GetFields(), inputs); name != "" {
		p.record.name(name)
	}
	return &pulumirpc.CheckResponse{Inputs: &structpb.Struct{Fields: inputs}}, nil
}

// Diff compares inputs, key by key. What makes a new resource, [Rules] says, which
// knows the types that ambi's programs have and no others.
func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	r := p.resource(req.GetUrn())
	olds, news := req.GetOldInputs().GetFields(), req.GetNews().GetFields()
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for _, key := range changes(olds, news) {
		if slices.Contains(req.GetIgnoreChanges(), key) {
			continue
		}
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, key)
		if replaces(r.token, key, olds[key], news[key]) {
			response.Replaces = append(response.Replaces, key)
		}
	}
	if len(response.Replaces) > 0 {
		response.DeleteBeforeReplace = p.cloud.fixed(r, olds, news)
		p.record.replace(r.urn)
	}
	return response, nil
}

// changes lists the keys whose values differ, sorted.
func changes(olds, news properties) []string {
	keys := map[string]bool{}
	for key := range olds {
		keys[key] = true
	}
	for key := range news {
		keys[key] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(key string) bool { return proto.Equal(olds[key], news[key]) })
}

// Create echoes the inputs. In a preview that is all: what it leaves out is
// unknown to the program, as a real provider's computed outputs are.
func (p *provider) Create(_ context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	state := clone(req.GetProperties())
	if req.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: &structpb.Struct{Fields: state}}, nil
	}
	r := p.resource(req.GetUrn())
	id := p.cloud.id(r, state)
	overlay(state, p.cloud.computed(r, id, state))
	created := &structpb.Struct{Fields: state}
	p.record.keep(r.urn, id, made{req.GetProperties(), created})
	return &pulumirpc.CreateResponse{Id: id, Properties: created}, nil
}

// Update takes the new inputs and keeps the outputs that were computed before, but
// for those of a new version.
func (p *provider) Update(_ context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	r := p.resource(req.GetUrn())
	state, computed := clone(req.GetNews()), clone(req.GetOlds())
	for key := range req.GetOldInputs().GetFields() {
		delete(computed, key)
	}
	renewed := p.cloud.republishes(r, changes(req.GetOldInputs().GetFields(), req.GetNews().GetFields()))
	if len(renewed) > 0 && !req.GetPreview() {
		computed["version"] = next(computed["version"])
		again := p.cloud.computed(r, req.GetId(), merged(state, computed))
		for _, key := range renewed {
			if key != "version" {
				computed[key] = again[key]
			}
		}
	} else {
		for _, key := range renewed { // unknown, as whatever a preview leaves out
			delete(computed, key)
		}
	}
	overlay(state, computed)
	updated := &structpb.Struct{Fields: state}
	if !req.GetPreview() {
		p.record.keep(r.urn, req.GetId(), made{req.GetNews(), updated})
	}
	return &pulumirpc.UpdateResponse{Properties: updated}, nil
}

// Read finds every resource as the state remembers it, but for one that was lost
// ([Server.Lose]). Without a state, as when a stack adopts a resource, it is as it was created here
// with that ID. Another one, which the program only reads, is taken to exist; where its ID
// says nothing of it, it cannot be read.
func (p *provider) Read(_ context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	state := req.GetProperties()
	if len(state.GetFields()) == 0 {
		if m, ok := p.record.find(newResource(req.GetUrn()).token, req.GetId()); ok {
			return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: m.state, Inputs: m.inputs}, nil
		}
		known := p.cloud.external(req.GetId())
		if known == nil {
			return nil, status.Errorf(codes.FailedPrecondition,
				"the offline stand-in for %s has nothing to read %q from: no such resource was created here", p.name, req.GetId())
		}
		state = &structpb.Struct{Fields: known}
	}
	if p.record.isLost(req.GetUrn()) {
		return &pulumirpc.ReadResponse{}, nil
	}
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: state, Inputs: req.GetInputs()}, nil
}

func (p *provider) Delete(_ context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	p.record.delete(req.GetUrn(), req.GetId())
	return &emptypb.Empty{}, nil
}

// resource reads a URN, and how often that resource was replaced.
func (p *provider) resource(urn string) resource {
	r := newResource(urn)
	r.generation = p.record.generation(urn)
	return r
}

// overlay adds what is computed. What the program set stays as it set it, but for
// objects, which take in the fields they lack (a Kubernetes object's metadata).
func overlay(state, computed properties) {
	for key, value := range computed {
		existing, isSecret := unwrap(state[key])
		switch {
		case existing == nil:
			state[key] = value
		case !isSecret && existing.GetStructValue() != nil && value.GetStructValue() != nil:
			overlay(existing.GetStructValue().GetFields(), value.GetStructValue().GetFields())
		}
	}
}

// merged is the first properties and, beside them, the second.
func merged(first, second properties) properties {
	all := maps.Clone(second)
	maps.Copy(all, first)
	return all
}

// next counts a version on.
func next(version *structpb.Value) *structpb.Value {
	n, err := strconv.Atoi(version.GetStringValue())
	if err != nil {
		return version
	}
	return structpb.NewStringValue(strconv.Itoa(n + 1))
}
