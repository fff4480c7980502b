package offline_test

import (
	"context"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"ambi/internal/offline"
)

// marshal keeps all that travels between engine and provider.
var marshal = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// client speaks to one stand-in as the engine does: values are marshalled by
// Pulumi's own code, so the stand-in's wire form is checked against the original.
type client struct {
	t *testing.T
	pulumirpc.ResourceProviderClient
}

func serve(t *testing.T) (server *offline.Server, aws, kubernetes client) {
	t.Helper()
	server, err := offline.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	attach, found := strings.CutPrefix(server.Env()[0], "PULUMI_DEBUG_PROVIDERS=")
	if !found || len(server.Env()) != 1 {
		t.Fatalf("Env: %q", server.Env())
	}
	clients := map[string]client{}
	for pair := range strings.SplitSeq(attach, ",") {
		name, port, _ := strings.Cut(pair, ":")
		connection, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
		clients[name] = client{t, pulumirpc.NewResourceProviderClient(connection)}
	}
	return server, clients["aws"], clients["kubernetes"]
}

func urn(token, name string) string { return "urn:pulumi:dev::app::" + token + "::" + name }

func (c client) wire(props resource.PropertyMap) *structpb.Struct {
	c.t.Helper()
	wire, err := plugin.MarshalProperties(props, marshal)
	if err != nil {
		c.t.Fatal(err)
	}
	return wire
}

func (c client) props(wire *structpb.Struct) resource.PropertyMap {
	c.t.Helper()
	props, err := plugin.UnmarshalProperties(wire, marshal)
	if err != nil {
		c.t.Fatal(err)
	}
	return props
}

func (c client) check(token, name string, inputs resource.PropertyMap) resource.PropertyMap {
	c.t.Helper()
	response, err := c.Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn(token, name), News: c.wire(inputs)})
	if err != nil {
		c.t.Fatal(err)
	}
	return c.props(response.GetInputs())
}

func (c client) create(token, name string, preview bool, inputs resource.PropertyMap) (id string, outputs resource.PropertyMap) {
	c.t.Helper()
	response, err := c.Create(context.Background(), &pulumirpc.CreateRequest{
		Urn: urn(token, name), Properties: c.wire(c.check(token, name, inputs)), Preview: preview,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return response.GetId(), c.props(response.GetProperties())
}

func text(s string) resource.PropertyValue { return resource.NewProperty(s) }

func object(props resource.PropertyMap) resource.PropertyValue { return resource.NewProperty(props) }

func TestComputedOutputs(t *testing.T) {
	_, aws, _ := serve(t)
	if _, err := aws.Configure(context.Background(), &pulumirpc.ConfigureRequest{
		Args: aws.wire(resource.PropertyMap{"region": text("eu-central-1")}),
	}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		token  string
		inputs resource.PropertyMap
		id     string
		want   map[string]string
	}{
		{
			"aws:lambda/function:Function",
			resource.PropertyMap{"name": text("thumbs")},
			"thumbs",
			map[string]string{
				"arn":          "arn:aws:lambda:eu-central-1:123456789012:function:thumbs",
				"qualifiedArn": "arn:aws:lambda:eu-central-1:123456789012:function:thumbs:1",
				"version":      "1",
				"invokeArn": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/" +
					"arn:aws:lambda:eu-central-1:123456789012:function:thumbs/invocations",
			},
		},
		{
			"aws:lambda/alias:Alias",
			resource.PropertyMap{"name": text("live"), "functionName": text("thumbs")},
			"arn:aws:lambda:eu-central-1:123456789012:function:thumbs:live",
			map[string]string{"arn": "arn:aws:lambda:eu-central-1:123456789012:function:thumbs:live"},
		},
		{
			"aws:iam/role:Role",
			resource.PropertyMap{"name": text("runs")},
			"runs",
			map[string]string{"arn": "arn:aws:iam::123456789012:role/runs"},
		},
		{
			"aws:apigatewayv2/stage:Stage",
			resource.PropertyMap{"name": text("$default"), "apiId": text("abc")},
			"$default",
			map[string]string{"executionArn": "arn:aws:execute-api:eu-central-1:123456789012:abc/$default"},
		},
		{
			"aws:apigatewayv2/domainName:DomainName",
			resource.PropertyMap{"domainName": text("shop.example.com"), "domainNameConfiguration": object(resource.PropertyMap{"endpointType": text("REGIONAL")})},
			"shop.example.com",
			map[string]string{
				"domainNameConfiguration.endpointType":     "REGIONAL",
				"domainNameConfiguration.targetDomainName": "d-17414066b1.execute-api.eu-central-1.amazonaws.com",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.token, func(t *testing.T) {
			id, outputs := aws.create(test.token, "it", false, test.inputs)
			if id != test.id {
				t.Errorf("id %q, want %q", id, test.id)
			}
			for key, want := range test.want {
				got := resource.NewProperty(outputs)
				for member := range strings.SplitSeq(key, ".") {
					got = got.ObjectValue()[resource.PropertyKey(member)]
				}
				if !got.IsString() || got.StringValue() != want {
					t.Errorf("%s is %v, want %q", key, got, want)
				}
			}
		})
	}
}

// An id or ARN that nothing is known of must not come out empty: an empty one is
// what a broken program would produce.
func TestUnlistedTypeHasIDAndARN(t *testing.T) {
	_, aws, _ := serve(t)
	id, outputs := aws.create("aws:sns/topic:Topic", "jobs", false, resource.PropertyMap{})
	if want := "arn:aws:sns:us-east-1:123456789012:topic/" + id; id == "" || outputs["arn"].StringValue() != want {
		t.Errorf("id %q, arn %v", id, outputs["arn"])
	}
}

func TestPreviewLeavesComputedOutputsUnknown(t *testing.T) {
	_, aws, _ := serve(t)
	id, outputs := aws.create("aws:lambda/function:Function", "thumbs", true, resource.PropertyMap{"memorySize": resource.NewProperty(512.0)})
	if id != "" {
		t.Errorf("a planned function has the id %q", id)
	}
	if _, has := outputs["arn"]; has {
		t.Error("a planned function has an ARN")
	}
	if !outputs["name"].IsString() || outputs["memorySize"].NumberValue() != 512 {
		t.Errorf("the inputs are not echoed: %v", outputs)
	}
}

func TestNames(t *testing.T) {
	_, aws, kubernetes := serve(t)
	name := func(props resource.PropertyMap) string {
		if metadata, has := props["metadata"]; has {
			props = metadata.ObjectValue()
		}
		if value, has := props["name"]; has && value.IsString() {
			return value.StringValue()
		}
		return ""
	}
	metadata := func(props resource.PropertyMap) resource.PropertyMap {
		return resource.PropertyMap{"metadata": object(props)}
	}
	tests := []struct {
		what   string
		got    resource.PropertyMap
		prefix string // of the made name; or the whole name
		length int
	}{
		{"a role without a name", aws.check("aws:iam/role:Role", "runs", nil), "runs-", 12},
		{"a role with a name", aws.check("aws:iam/role:Role", "runs", resource.PropertyMap{"name": text("r")}), "r", 1},
		{"a route, which has none", aws.check("aws:apigatewayv2/route:Route", "all", nil), "", 0},
		{"a namespace without metadata", kubernetes.check("kubernetes:core/v1:Namespace", "apps", nil), "apps-", 13},
		{"a namespace with labels alone", kubernetes.check("kubernetes:core/v1:Namespace", "apps",
			metadata(resource.PropertyMap{"labels": object(resource.PropertyMap{"a": text("b")})})), "apps-", 13},
		{"a namespace with a name", kubernetes.check("kubernetes:core/v1:Namespace", "apps",
			metadata(resource.PropertyMap{"name": text("n")})), "n", 1},
		{"a pod that generates its name", kubernetes.check("kubernetes:core/v1:Pod", "one",
			metadata(resource.PropertyMap{"generateName": text("g-")})), "", 0},
		{"a pod whose name is not known yet", kubernetes.check("kubernetes:core/v1:Pod", "one",
			metadata(resource.PropertyMap{"name": resource.MakeComputed(text(""))})), "", 0},
	}
	for _, test := range tests {
		if got := name(test.got); !strings.HasPrefix(got, test.prefix) || len(got) != test.length {
			t.Errorf("%s: name %q, want %s and %d characters in all", test.what, got, test.prefix, test.length)
		}
	}
}

func TestKubernetesObjectKeepsItsMetadata(t *testing.T) {
	_, _, kubernetes := serve(t)
	id, outputs := kubernetes.create("kubernetes:apps/v1:Deployment", "api", false, resource.PropertyMap{
		"metadata": object(resource.PropertyMap{"name": text("api"), "namespace": text("thumbs")}),
	})
	metadata := outputs["metadata"].ObjectValue()
	if id != "thumbs/api" || metadata["name"].StringValue() != "api" || metadata["uid"].StringValue() == "" {
		t.Errorf("id %q, metadata %v", id, metadata)
	}
}

func TestSecretsAndUnknownsSurvive(t *testing.T) {
	server, aws, _ := serve(t)
	inputs := resource.PropertyMap{
		"name":   resource.MakeSecret(text("hidden")),
		"policy": resource.MakeComputed(text("")),
		"tags":   object(resource.PropertyMap{"deep": resource.MakeSecret(text("too"))}),
		"list":   resource.NewProperty([]resource.PropertyValue{resource.MakeSecret(text("last"))}),
	}
	_, outputs := aws.create("aws:iam/role:Role", "runs", true, inputs)
	if !reflect.DeepEqual(outputs, inputs) {
		t.Errorf("outputs\n%v, want\n%v", outputs, inputs)
	}
	want := []offline.Resource{{
		Type: "aws:iam/role:Role", Name: "runs", URN: urn("aws:iam/role:Role", "runs"),
		Inputs: map[string]any{
			"name":   offline.Secret{Value: "hidden"},
			"policy": offline.Unknown{},
			"tags":   map[string]any{"deep": offline.Secret{Value: "too"}},
			"list":   []any{offline.Secret{Value: "last"}},
		},
	}}
	if got := server.Resources(); !reflect.DeepEqual(got, want) {
		t.Errorf("recorded\n%v, want\n%v", got, want)
	}
	delete(inputs, "policy")
	_, outputs = aws.create("aws:iam/role:Role", "runs", false, inputs)
	if !outputs["arn"].IsSecret() {
		t.Errorf("an ARN made of a secret name is no secret: %v", outputs["arn"])
	}
}

// What is printed of a run must not hold a name that no real provider would give.
func TestMadeUpNamesAreUnknownElsewhere(t *testing.T) {
	server, aws, kubernetes := serve(t)
	made := aws.check("aws:iam/role:Role", "runs", nil)["name"].StringValue()
	aws.check("aws:iam/role:Role", "named", resource.PropertyMap{"name": text("runs")})
	kubernetes.check("kubernetes:core/v1:ServiceAccount", "runs", resource.PropertyMap{
		"metadata": object(resource.PropertyMap{"name": text("runs"), "annotations": object(resource.PropertyMap{
			"role": text("arn:aws:iam::123456789012:role/" + made), "named": text("arn:aws:iam::123456789012:role/runs"),
		})}),
		"list": resource.NewProperty([]resource.PropertyValue{resource.MakeSecret(text(made))}),
	})
	got := server.Resources()
	want := map[string]any{
		"metadata": map[string]any{"name": "runs", "annotations": map[string]any{
			"role": offline.Unknown{}, "named": "arn:aws:iam::123456789012:role/runs",
		}},
		"list": []any{offline.Secret{Value: offline.Unknown{}}},
	}
	if last := got[len(got)-1].Inputs; !reflect.DeepEqual(last, want) {
		t.Errorf("recorded\n%v, want\n%v", last, want)
	}
}

func TestDiff(t *testing.T) {
	_, aws, kubernetes := serve(t)
	metadata := func(name, label string) resource.PropertyMap {
		return resource.PropertyMap{"metadata": object(resource.PropertyMap{"name": text(name), "labels": object(resource.PropertyMap{"l": text(label)})})}
	}
	selecting := func(app string) resource.PropertyMap {
		return resource.PropertyMap{"spec": object(resource.PropertyMap{"selector": object(resource.PropertyMap{"app": text(app)})})}
	}
	role := func(name, policy string) resource.PropertyMap {
		return resource.PropertyMap{"name": text(name), "assumeRolePolicy": text(policy)}
	}
	tests := []struct {
		what            string
		client          client
		token           string
		old, new        resource.PropertyMap
		ignore          []string
		diffs, replaces []string
	}{
		{"nothing", aws, "aws:iam/role:Role", role("a", "p"), role("a", "p"), nil, nil, nil},
		{"a policy", aws, "aws:iam/role:Role", role("a", "p"), role("a", "q"), nil, []string{"assumeRolePolicy"}, nil},
		{"an ignored policy", aws, "aws:iam/role:Role", role("a", "p"), role("a", "q"), []string{"assumeRolePolicy"}, nil, nil},
		{"a role's name", aws, "aws:iam/role:Role", role("a", "p"), role("b", "p"), nil, []string{"name"}, []string{"name"}},
		{"an API's name", aws, "aws:apigatewayv2/api:Api", role("a", "p"), role("b", "p"), nil, []string{"name"}, nil},
		{"a label", kubernetes, "kubernetes:core/v1:Service", metadata("a", "l"), metadata("a", "m"), nil, []string{"metadata"}, nil},
		{"a selector", kubernetes, "kubernetes:apps/v1:Deployment", selecting("a"), selecting("b"), nil, []string{"spec"}, []string{"spec"}},
		{"a Service's ports", kubernetes, "kubernetes:core/v1:Service", selecting("a"), selecting("b"), nil, []string{"spec"}, nil},
		{"a permission", aws, "aws:lambda/permission:Permission", role("a", "p"), role("a", "q"), nil, []string{"assumeRolePolicy"}, []string{"assumeRolePolicy"}},
		{"an object's name", kubernetes, "kubernetes:core/v1:Service", metadata("a", "l"), metadata("b", "l"), nil, []string{"metadata"}, []string{"metadata"}},
	}
	for _, test := range tests {
		response, err := test.client.Diff(context.Background(), &pulumirpc.DiffRequest{
			Urn: urn(test.token, "it"), OldInputs: test.client.wire(test.old), News: test.client.wire(test.new), IgnoreChanges: test.ignore,
		})
		if err != nil {
			t.Fatal(err)
		}
		changed := response.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME
		if changed != (test.diffs != nil) || !reflect.DeepEqual(response.GetDiffs(), test.diffs) || !reflect.DeepEqual(response.GetReplaces(), test.replaces) {
			t.Errorf("%s: changed %t, diffs %q, replaces %q", test.what, changed, response.GetDiffs(), response.GetReplaces())
		}
	}
}

// A function that changes has a new version, and one whose concurrency changes not.
// What replaces an object stands in the sources of the version that programs use.
func TestRulesAreOfThisVersion(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`pulumi-kubernetes/sdk/v4 (v[0-9.]+)`).FindSubmatch(text)
	if version == nil || !regexp.MustCompile(`pulumi-aws/sdk/v6 v6\.83\.`).Match(text) {
		t.Fatal("go.mod names other versions: read what replaces a resource in their sources, and link those in rules.go")
	}
	for _, rule := range offline.Rules() {
		if strings.Contains(rule.Source, "pulumi-kubernetes") && !strings.Contains(rule.Source, "/"+string(version[1])+"/") {
			t.Errorf("%s: %s is not of version %s", rule.Type, rule.Source, version[1])
		}
	}
}

func TestVersions(t *testing.T) {
	_, aws, _ := serve(t)
	const token = "aws:lambda/function:Function"
	_, state := aws.create(token, "api", false, resource.PropertyMap{"memorySize": resource.NewProperty(512.0)})
	inputs := aws.check(token, "api", resource.PropertyMap{"memorySize": resource.NewProperty(512.0)})
	change := func(key string, preview bool) resource.PropertyMap {
		news := inputs.Copy()
		news[resource.PropertyKey(key)] = resource.NewProperty(1024.0)
		response, err := aws.Update(context.Background(), &pulumirpc.UpdateRequest{
			Id: "api", Urn: urn(token, "api"), Olds: aws.wire(state), OldInputs: aws.wire(inputs), News: aws.wire(news), Preview: preview,
		})
		if err != nil {
			t.Fatal(err)
		}
		return aws.props(response.GetProperties())
	}
	if got := change("memorySize", false); got["version"].StringValue() != "2" || !strings.HasSuffix(got["qualifiedArn"].StringValue(), ":2") || got["arn"].V != state["arn"].V {
		t.Errorf("after a change of its memory: %v", got)
	}
	if got := change("memorySize", true); got.HasValue("version") || !got.HasValue("arn") {
		t.Errorf("a planned change of its memory: %v", got)
	}
	if got := change("reservedConcurrentExecutions", false); got["version"].StringValue() != "1" {
		t.Errorf("after a change of its concurrency: %v", got)
	}
}

func TestWhatExists(t *testing.T) {
	server, _, kubernetes := serve(t)
	const token = "kubernetes:core/v1:Service"
	inputs := resource.PropertyMap{"metadata": object(resource.PropertyMap{"name": text("api")})}
	planned, _ := kubernetes.create(token, "api", true, inputs)
	if existing := server.Existing(); planned != "" || len(existing) != 0 {
		t.Errorf("a preview created %v", existing)
	}
	id, outputs := kubernetes.create(token, "api", false, inputs)
	if existing := server.Existing(); !reflect.DeepEqual(existing, []string{urn(token, "api")}) {
		t.Errorf("existing: %v", existing)
	}
	read := func() string {
		response, err := kubernetes.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: urn(token, "api"), Properties: kubernetes.wire(outputs)})
		if err != nil {
			t.Fatal(err)
		}
		return response.GetId()
	}
	if read() != id {
		t.Error("a read does not find it")
	}
	server.Lose(urn(token, "api"))
	if found := read(); found != "" || len(server.Existing()) != 0 {
		t.Errorf("what was lost is found: %q, %v", found, server.Existing())
	}
	kubernetes.create(token, "api", false, inputs)
	if _, err := kubernetes.Delete(context.Background(), &pulumirpc.DeleteRequest{Id: id, Urn: urn(token, "api")}); err != nil {
		t.Fatal(err)
	}
	if existing := server.Existing(); len(existing) != 0 {
		t.Errorf("after its deletion: %v", existing)
	}
}

func TestInvokeIsRefused(t *testing.T) {
	_, aws, _ := serve(t)
	_, err := aws.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: "aws:index/getRegion:getRegion"})
	if err == nil {
		t.Fatal("an invoke was answered")
	}
	for _, want := range []string{"offline stand-in for aws", "getRegion", "must not use invokes", "hint: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message lacks %q: %v", want, err)
		}
	}
}

// A stack that adopts a resource asks for it by its ID alone.
func TestReadByID(t *testing.T) {
	_, aws, _ := serve(t)
	const token = "aws:sqs/queue:Queue"
	id, outputs := aws.create(token, "jobs", false, resource.PropertyMap{"visibilityTimeoutSeconds": resource.NewProperty(30.0)})
	got, err := aws.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: urn(token, "jobs")})
	if err != nil {
		t.Fatal(err)
	}
	inputs := aws.props(got.GetInputs())
	if props := aws.props(got.GetProperties()); got.GetId() != id || !reflect.DeepEqual(props, outputs) || inputs["visibilityTimeoutSeconds"].NumberValue() != 30 || len(inputs) >= len(outputs) {
		t.Errorf("%s is read as %v, from %v; it was created as %v", id, props, inputs, outputs)
	}
	if _, err := aws.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: urn("aws:sns/topic:Topic", "jobs")}); err == nil {
		t.Error("another type has the same ID")
	}
}

func TestReadOfWhatWasNeverCreated(t *testing.T) {
	_, aws, kubernetes := serve(t)
	for id, want := range map[string]resource.PropertyMap{
		"shop":     {"name": text("shop")},
		"shop/api": {"name": text("api"), "namespace": text("shop")},
	} {
		got, err := kubernetes.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: urn("kubernetes:core/v1:Any", "it")})
		if err != nil {
			t.Fatal(err)
		}
		if props := kubernetes.props(got.GetProperties()); got.GetId() != id || !reflect.DeepEqual(props, resource.PropertyMap{"metadata": object(want)}) {
			t.Errorf("%s is read as %s %v", id, got.GetId(), props)
		}
	}
	_, err := aws.Read(context.Background(), &pulumirpc.ReadRequest{Id: "vpc-1", Urn: urn("aws:ec2/vpc:Vpc", "it")})
	if err == nil || !strings.Contains(err.Error(), "nothing to read") {
		t.Errorf("got %v", err)
	}
}

func TestClosedServerAnswersNobody(t *testing.T) {
	server, aws, _ := serve(t)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := aws.GetPluginInfo(context.Background(), nil); err == nil {
		t.Error("a closed server answers")
	}
}
