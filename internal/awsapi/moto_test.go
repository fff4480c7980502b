package awsapi

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// basis is what other samples refer to.
func basis() []string {
	return []string{
		"aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup",
		"aws:iam/role:Role", "aws:sqs/queue:Queue", "aws:s3/bucketV2:BucketV2", "aws:lambda/function:Function", "aws:lambda/alias:Alias",
		"aws:apigatewayv2/api:Api", "aws:apigatewayv2/domainName:DomainName", "aws:apigatewayv2/stage:Stage",
	}
}

// TestMoto creates the samples in moto, and then with faults of which AWS's models know
// nothing.
func TestMoto(t *testing.T) {
	moto, err := StartMoto(t.Context())
	if errors.Is(err, ErrNoMoto) {
		t.Skipf("nothing is created in moto: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := moto.Close(); err != nil {
			t.Error(err)
		}
	}()
	models := open(t)
	deploy := func(samples map[string]map[string]any, tokens ...string) *Account {
		t.Helper()
		account, err := NewAccount(models, moto, "us-east-1")
		if err != nil {
			t.Fatal(err)
		}
		var resources []Resource
		for _, token := range append(basis(), tokens...) {
			resources = append(resources, Resource{URN: token, Type: token, ID: sampleIDs()[token], Inputs: samples[token], Outputs: sampleOutputs(token)})
		}
		if err := account.Deploy(resources); err != nil {
			t.Fatal(err)
		}
		return account
	}
	inBasis := func(token string) bool { return slices.Contains(basis(), token) }
	account := deploy(readSamples(t), slices.DeleteFunc(slices.Sorted(maps.Keys(types())), inBasis)...)
	for _, problem := range account.Problems {
		t.Error(problem)
	}
	if len(beyondMoto()) != account.LeftOut || account.ReadBack == 0 {
		t.Errorf("%d calls left out, want each of the list: %v; %d read back", account.LeftOut, beyondMoto(), account.ReadBack)
	}
	t.Logf("%d calls taken, %d of them read back, %d left out", account.Taken, account.ReadBack, account.LeftOut)

	const (
		alias        = "aws:lambda/alias:Alias"
		mapping      = "aws:lambda/eventSourceMapping:EventSourceMapping"
		queue        = "aws:sqs/queue:Queue"
		table        = "aws:dynamodb/table:Table"
		policy       = "aws:iam/rolePolicy:RolePolicy"
		notification = "aws:s3/bucketNotification:BucketNotification"
		route        = "aws:apigatewayv2/route:Route"
	)
	for _, test := range []struct {
		token, input string
		value        any
		want         string
	}{
		{alias, "functionVersion", "2", "moto refuses CreateAlias"},
		{mapping, "eventSourceArn", "arn:aws:sqs:us-east-1:123456789012:other", "moto refuses CreateEventSourceMapping"},
		{queue, "redrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:other","maxReceiveCount":3}`, "moto refuses CreateQueue"},
		{table, "attributes", []any{map[string]any{"name": "other", "type": "S"}}, "moto refuses CreateTable"},
		{policy, "policy", `{"Version":"2012-10-17"}`, "moto refuses PutRolePolicy"},
		{notification, "bucket", "other", "moto refuses PutBucketNotificationConfiguration"},
		{route, "apiId", "other", "moto refuses CreateRoute"},
	} {
		samples := readSamples(t)
		samples[test.token][test.input] = test.value
		account := deploy(samples, slices.DeleteFunc([]string{test.token}, inBasis)...)
		if !slices.ContainsFunc(account.Problems, func(problem string) bool { return strings.Contains(problem, test.want) }) {
			t.Errorf("%s with %s %v: got %q, want %q", test.token, test.input, test.value, account.Problems, test.want)
		}
	}
}

// sampleIDs are the IDs by which other samples refer to some.
func sampleIDs() map[string]string {
	return map[string]string{
		"aws:apigatewayv2/api:Api":                 "a1b2c3d4",
		"aws:apigatewayv2/authorizer:Authorizer":   "d4e5f6",
		"aws:apigatewayv2/integration:Integration": "c3d4",
	}
}

// sampleOutputs are those that moto's answers are compared with.
func sampleOutputs(token string) map[string]any {
	const account = "us-east-1:123456789012"
	return map[string]map[string]any{
		"aws:iam/role:Role":               {"arn": "arn:aws:iam::123456789012:role/thumbs-api"},
		"aws:lambda/function:Function":    {"arn": "arn:aws:lambda:" + account + ":function:thumbs-api-0a1b2c3", "version": "1"},
		"aws:lambda/alias:Alias":          {"arn": "arn:aws:lambda:" + account + ":function:thumbs-api-0a1b2c3:live"},
		"aws:sqs/queue:Queue":             {"url": "https://sqs.us-east-1.amazonaws.com/123456789012/thumbs-resize-0a1b2c3"},
		"aws:dynamodb/table:Table":        {"arn": "arn:aws:dynamodb:" + account + ":table/thumbs-orders-0a1b2c3"},
		"aws:scheduler/schedule:Schedule": {"arn": "arn:aws:scheduler:" + account + ":schedule/default/thumbs-report"},

		"aws:secretsmanager/secret:Secret":       {"arn": "arn:aws:secretsmanager:" + account + ":secret:thumbs-api-key-abcdef"},
		"aws:apigatewayv2/api:Api":               {"apiEndpoint": "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com"},
		"aws:apigatewayv2/domainName:DomainName": {"arn": "arn:aws:apigateway:us-east-1::/domainnames/thumbs.example.com"},
	}[token]
}

func TestMissing(t *testing.T) {
	for _, test := range []struct {
		sent, got any
		want      string
	}{
		{map[string]any{"Days": 30.0}, map[string]any{"Days": 30.0, "ID": "x"}, ""},
		{map[string]any{"Days": 30.0}, map[string]any{"Days": 31.0}, "X.Days: asked for 30, moto has 31"},
		{map[string]any{"Days": 30.0}, nil, `X: asked for {"Days":30}, moto has null`},
		{[]any{"a", "b"}, []any{"b", "a"}, ""},
		{[]any{"a", "b"}, []any{"a"}, `X: asked for ["a","b"], moto has ["a"]`},
		{[]any{"a", "c"}, []any{"a", "b"}, `X[1]: asked for "c", moto has "b"`},
		{`{"a": 1}`, map[string]any{"a": 1.0}, ""},
		{`{"a": 1}`, `{"a":2}`, `X: asked for "{\"a\": 1}", moto has "{\"a\":2}"`},
		{true, nil, "X: asked for true, moto has null"},
	} {
		if got := strings.Join(missing(test.sent, test.got, "X"), "\n"); got != test.want {
			t.Errorf("%v in %v: got %s, want %s", test.sent, test.got, got, test.want)
		}
	}
}
