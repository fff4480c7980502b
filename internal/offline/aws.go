package offline

import (
	"os"
	"regexp"
	"strings"
	"sync/atomic"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// account is the one that AWS's own documentation uses in examples.
const account = "123456789012"

// aws stands in for pulumi-aws.
type aws struct {
	region atomic.Pointer[string]
	shapes map[string]shape
}

// shape says what the stand-in knows of a resource type. The texts are templates:
// ${x} is an input or an output of the resource, its ${id}, its generated ${hash},
// or the ${region} and ${account}.
type shape struct {
	named   bool              // the provider makes a name where the program gives none
	nameKey string            // the input that has it; name when empty
	id      string            // the default is the hash
	outputs map[string]string // what AWS computes; list[0].member is of the only element of a list, object.member of an object
	order   []string          // outputs that others build on come first
}

// keyOfName is the input that has a resource's name.
func (s shape) keyOfName() string {
	if s.nameKey != "" {
		return s.nameKey
	}
	return "name"
}

// newAWS returns the stand-in with what it knows of each type. The forms of ARNs
// and URLs are those of the AWS Service Authorization Reference and of the API
// Gateway developer guide; the names of the outputs are pulumi-aws's.
func newAWS() *aws {
	a := &aws{shapes: map[string]shape{
		"aws:lambda/function:Function": {
			named: true, id: "${name}", order: []string{"arn", "version"},
			outputs: map[string]string{
				"arn":                "arn:aws:lambda:${region}:${account}:function:${name}",
				"version":            "1",
				"invokeArn":          "arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations",
				"qualifiedArn":       "${arn}:${version}",
				"qualifiedInvokeArn": "arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}:${version}/invocations",
			},
		},
		"aws:lambda/alias:Alias": {
			id: "${arn}", order: []string{"arn"},
			outputs: map[string]string{
				"arn":       "arn:aws:lambda:${region}:${account}:function:${functionName}:${name}",
				"invokeArn": "arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations",
			},
		},
		"aws:lambda/eventSourceMapping:EventSourceMapping": {
			id: "${uuid}", order: []string{"uuid"},
			outputs: map[string]string{
				"uuid": "${hash}-0000-4000-8000-000000000000",
				"arn":  "arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}",
			},
		},
		"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {id: "${functionName}:${qualifier}"},
		"aws:scheduler/schedule:Schedule": {
			named: true, id: "default/${name}",
			outputs: map[string]string{"arn": "arn:aws:scheduler:${region}:${account}:schedule/default/${name}", "groupName": "default"},
		},
		"aws:sqs/queue:Queue": {
			named: true, id: "${url}", order: []string{"url"},
			outputs: map[string]string{
				"url": "https://sqs.${region}.amazonaws.com/${account}/${name}",
				"arn": "arn:aws:sqs:${region}:${account}:${name}",
			},
		},
		"aws:sqs/queuePolicy:QueuePolicy":                     {id: "${queueUrl}"},
		"aws:sqs/redriveAllowPolicy:RedriveAllowPolicy":       {id: "${queueUrl}"},
		"aws:rds/subnetGroup:SubnetGroup":                     {named: true, id: "${name}", outputs: map[string]string{"arn": "arn:aws:rds:${region}:${account}:subgrp:${name}"}},
		"aws:rds/parameterGroup:ParameterGroup":               {named: true, id: "${name}", outputs: map[string]string{"arn": "arn:aws:rds:${region}:${account}:pg:${name}"}},
		"aws:rds/clusterParameterGroup:ClusterParameterGroup": {named: true, id: "${name}", outputs: map[string]string{"arn": "arn:aws:rds:${region}:${account}:cluster-pg:${name}"}},
		"aws:rds/instance:Instance": {
			nameKey: "identifier", named: true, id: "${identifier}",
			outputs: map[string]string{
				"arn":                            "arn:aws:rds:${region}:${account}:db:${identifier}",
				"address":                        "${identifier}.c9akciq32.${region}.rds.amazonaws.com",
				"masterUserSecrets[0].secretArn": "arn:aws:secretsmanager:${region}:${account}:secret:rds!db-${hash}-a1B2c3",
			},
		},
		"aws:rds/cluster:Cluster": {
			nameKey: "clusterIdentifier", named: true, id: "${clusterIdentifier}",
			outputs: map[string]string{
				"arn":                            "arn:aws:rds:${region}:${account}:cluster:${clusterIdentifier}",
				"endpoint":                       "${clusterIdentifier}.cluster-c9akciq32.${region}.rds.amazonaws.com",
				"masterUserSecrets[0].secretArn": "arn:aws:secretsmanager:${region}:${account}:secret:rds!cluster-${hash}-a1B2c3",
			},
		},
		"aws:rds/clusterInstance:ClusterInstance": {
			nameKey: "identifier", named: true, id: "${identifier}",
			outputs: map[string]string{"arn": "arn:aws:rds:${region}:${account}:db:${identifier}"},
		},
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
			id: "sgr-${hash}", outputs: map[string]string{"arn": "arn:aws:ec2:${region}:${account}:security-group-rule/sgr-${hash}", "securityGroupRuleId": "sgr-${hash}"},
		},
		"aws:elasticache/serverlessCache:ServerlessCache": {
			named: true, id: "${name}",
			outputs: map[string]string{
				"arn":                  "arn:aws:elasticache:${region}:${account}:serverlesscache:${name}",
				"endpoints[0].address": "${name}-c9akciq32.serverless.${region}.cache.amazonaws.com",
			},
		},
		"aws:dynamodb/table:Table": {
			named: true, id: "${name}",
			outputs: map[string]string{"arn": "arn:aws:dynamodb:${region}:${account}:table/${name}"},
		},
		"aws:s3/bucketV2:BucketV2": {
			nameKey: "bucket", named: true, id: "${bucket}",
			outputs: map[string]string{
				"arn":              "arn:aws:s3:::${bucket}",
				"bucketDomainName": "${bucket}.s3.amazonaws.com",
			},
		},
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     {id: "${bucket}"},
		"aws:s3/bucketPolicy:BucketPolicy":                                                           {id: "${bucket}"},
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {id: "${bucket}"},
		"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               {id: "${bucket}"},
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {id: "${bucket}"},
		"aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2":                                 {id: "${bucket}"},
		"aws:s3/bucketNotification:BucketNotification":                                               {id: "${bucket}"},
		"aws:lambda/permission:Permission":                                                           {id: "${statementId}", outputs: map[string]string{"statementId": "terraform-${hash}"}},
		"aws:iam/role:Role": {
			named: true, id: "${name}",
			outputs: map[string]string{
				"arn": "arn:aws:iam::${account}:role/${name}", "path": "/", "uniqueId": "AROA${hash}",
			},
		},
		"aws:iam/policy:Policy": {
			named: true, id: "arn:aws:iam::${account}:policy/${name}",
			outputs: map[string]string{"arn": "arn:aws:iam::${account}:policy/${name}", "policyId": "ANPA${hash}"},
		},
		"aws:iam/rolePolicy:RolePolicy":                     {named: true, id: "${role}:${name}"},
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {id: "${role}-${hash}"},
		"aws:cloudwatch/logGroup:LogGroup": {
			named: true, id: "${name}",
			outputs: map[string]string{"arn": "arn:aws:logs:${region}:${account}:log-group:${name}"},
		},
		"aws:cloudwatch/metricAlarm:MetricAlarm": {
			named: true, id: "${name}",
			outputs: map[string]string{"arn": "arn:aws:cloudwatch:${region}:${account}:alarm:${name}"},
		},
		"aws:apigatewayv2/api:Api": {
			named: true,
			outputs: map[string]string{
				"arn":          "arn:aws:apigateway:${region}::/apis/${id}",
				"apiEndpoint":  "https://${id}.execute-api.${region}.amazonaws.com",
				"executionArn": "arn:aws:execute-api:${region}:${account}:${id}",
			},
		},
		"aws:apigatewayv2/stage:Stage": {
			id: "${name}",
			outputs: map[string]string{
				"arn":          "arn:aws:apigateway:${region}::/apis/${apiId}/stages/${name}",
				"executionArn": "arn:aws:execute-api:${region}:${account}:${apiId}/${name}",
				"invokeUrl":    "https://${apiId}.execute-api.${region}.amazonaws.com/",
			},
		},
		"aws:apigatewayv2/integration:Integration": {},
		"aws:apigatewayv2/route:Route":             {},
		"aws:apigatewayv2/authorizer:Authorizer":   {named: true},
		"aws:apigatewayv2/apiMapping:ApiMapping":   {},
		"aws:apigatewayv2/domainName:DomainName": {
			id: "${domainName}",
			outputs: map[string]string{
				"arn": "arn:aws:apigateway:${region}::/domainnames/${domainName}",
				"domainNameConfiguration.targetDomainName": "d-${hash}.execute-api.${region}.amazonaws.com",
			},
		},
		"aws:secretsmanager/secret:Secret": {
			named: true, id: "${arn}",
			outputs: map[string]string{"arn": "arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}"},
		},
	}}
	a.configure(nil)
	return a
}

func (a *aws) configure(arguments properties) {
	value, _ := unwrap(arguments["region"])
	region := value.GetStringValue()
	if region == "" || isUnknown(value) {
		region = "us-east-1"
	}
	a.region.Store(&region)
}

// shapeOf returns what is known of a type. Of a type that no table lists, most
// have an ARN, in the form service:region:account:kind/id.
func (a *aws) shapeOf(token string) shape {
	if known, ok := a.shapes[token]; ok {
		return known
	}
	module, kind, _ := strings.Cut(strings.TrimPrefix(token, "aws:"), "/") // lambda, function:Function
	kind, _, _ = strings.Cut(kind, ":")
	return shape{outputs: map[string]string{"arn": "arn:aws:" + module + ":${region}:${account}:" + strings.ToLower(kind) + "/${id}"}}
}

// check names what the real provider would name: the logical name and seven
// hexadecimal digits, and what a FIFO queue's ends in. A resource that is there keeps its name.
func (a *aws) check(r resource, olds, inputs properties) string {
	s := a.shapeOf(r.token)
	key := s.keyOfName()
	if !s.named || present(inputs, key) || present(inputs, key+"Prefix") {
		return ""
	}
	name := r.name + "-" + r.hash(7)
	if fifo, _ := unwrap(inputs["fifoQueue"]); fifo.GetBoolValue() {
		name += ".fifo"
	}
	if old, _ := unwrap(olds[key]); old.GetStringValue() != "" {
		name = old.GetStringValue()
	}
	inputs[key] = structpb.NewStringValue(name)
	return name
}

// republishes: a function that publishes does so whenever its code or its
// configuration changes; what is only about its concurrency or its tags is neither.
// (updateComputedAttributesOnPublish in lambda/function.go of Terraform's provider.)
func (a *aws) republishes(r resource, changed []string) []string {
	if r.token != "aws:lambda/function:Function" {
		return nil
	}
	for _, key := range changed {
		switch key {
		case "reservedConcurrentExecutions", "tags", "tagsAll", "publish", "__defaults":
		default:
			return []string{"version", "qualifiedArn", "qualifiedInvokeArn"}
		}
	}
	return nil
}

// fixed: a name that the program gave is still taken while the old resource is there.
// The names that check makes end in the digits that it draws. The bridge that runs
// Terraform's provider asks the same (nameRequiresDeleteBeforeReplace).
func (a *aws) fixed(r resource, olds, news properties) bool {
	key := a.shapeOf(r.token).keyOfName()
	name, _ := unwrap(olds[key])
	made := regexp.MustCompile(`^` + regexp.QuoteMeta(r.name) + `-[0-9a-f]{7}(\.fifo)?$`)
	return name.GetStringValue() != "" && !made.MatchString(name.GetStringValue()) &&
		proto.Equal(olds[key], news[key])
}

// external: an ID in AWS says nothing of what else a resource has.
func (a *aws) external(string) properties { return nil }

func (a *aws) id(r resource, inputs properties) string {
	template := a.shapeOf(r.token).id
	if template == "" {
		return r.hash(10)
	}
	id, _ := a.expand(template, r, "", inputs, a.computed(r, "", inputs))
	return id
}

func (a *aws) computed(r resource, id string, inputs properties) properties {
	s := a.shapeOf(r.token)
	outputs := properties{}
	if prefix, _ := unwrap(inputs[s.keyOfName()+"Prefix"]); s.named && !present(inputs, s.keyOfName()) {
		outputs[s.keyOfName()] = structpb.NewStringValue(prefix.GetStringValue() + r.hash(10))
	}
	add := func(key string) {
		text, isSecret := a.expand(s.outputs[key], r, id, inputs, outputs)
		value := structpb.NewStringValue(text)
		if isSecret {
			value = secret(value)
		}
		outputs[key] = value
		if object, member, within := strings.Cut(key, "."); within {
			delete(outputs, key)
			value = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{member: value}})
			if list, only := strings.CutSuffix(object, "[0]"); only {
				object, value = list, structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{value}})
			}
			outputs[object] = value
		}
	}
	for _, key := range s.order {
		add(key)
	}
	for key := range s.outputs {
		if outputs[key] == nil {
			add(key)
		}
	}
	if present(inputs, "tags") {
		outputs["tagsAll"] = inputs["tags"]
	}
	return outputs
}

// expand fills a template in, and reports whether something secret went into it.
func (a *aws) expand(template string, r resource, id string, inputs, outputs properties) (text string, isSecret bool) {
	text = os.Expand(template, func(key string) string {
		switch key {
		case "id":
			return id
		case "hash":
			return r.hash(10)
		case "suffix": // of a secret's ARN: six characters
			return r.hash(6)
		case "region":
			return *a.region.Load()
		case "account":
			return account
		}
		value, marked := unwrap(inputs[key])
		if !present(inputs, key) {
			value, marked = unwrap(outputs[key])
		}
		isSecret = isSecret || marked
		return value.GetStringValue()
	})
	return text, isSecret
}
