package awsapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// samples are inputs that AWS takes, of every type in the table.
const samples = `{
	"aws:lambda/function:Function": {
		"__defaults": [], "name": "thumbs-api-0a1b2c3", "role": "arn:aws:iam::123456789012:role/thumbs-api", "packageType": "Image",
		"imageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1", "architectures": ["arm64"], "memorySize": 512, "timeout": 10, "publish": true,
		"environment": {"variables": {"LOG_LEVEL": "info", "API_KEY": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": "\"x\""}}},
		"loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/thumbs"}, "tracingConfig": {"mode": "Active"},
		"imageConfig": {"commands": ["serve"], "entryPoints": ["/app"], "workingDirectory": "/"},
		"vpcConfig": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"], "ipv6AllowedForDualStack": false},
		"reservedConcurrentExecutions": 50
	},
	"aws:lambda/alias:Alias": {"name": "live", "functionName": "thumbs-api-0a1b2c3", "functionVersion": "1"},
	"aws:lambda/permission:Permission": {
		"statementId": "api", "action": "lambda:InvokeFunction", "function": "arn:aws:lambda:us-east-1:123456789012:function:thumbs-api-0a1b2c3:live",
		"principal": "apigateway.amazonaws.com", "sourceArn": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4/*"
	},
	"aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": {"functionName": "thumbs-api-0a1b2c3", "qualifier": "live", "provisionedConcurrentExecutions": 2},
	"aws:lambda/eventSourceMapping:EventSourceMapping": {
		"eventSourceArn": "arn:aws:sqs:us-east-1:123456789012:thumbs-resize-0a1b2c3", "functionName": "arn:aws:lambda:us-east-1:123456789012:function:thumbs-api-0a1b2c3:live", "enabled": true,
		"batchSize": 10, "maximumBatchingWindowInSeconds": 5, "functionResponseTypes": ["ReportBatchItemFailures"], "scalingConfig": {"maximumConcurrency": 50},
		"filterCriteria": {"filters": [{"pattern": "{\"body\":{\"Records\":{\"eventSource\":[\"aws:s3\"]}}}"}]}, "tags": {"app": "thumbs"}
	},
	"aws:iam/role:Role": {"name": "thumbs-api", "assumeRolePolicy": "{\"Version\":\"2012-10-17\"}", "description": "runs thumbs", "tags": {"app": "thumbs"}},
	"aws:iam/rolePolicy:RolePolicy": {"name": "thumbs-api", "role": "thumbs-api",
		"policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::thumbs-originals-0a1b2c3/*\"}]}"
	},
	"aws:cloudwatch/logGroup:LogGroup": {"name": "/aws/lambda/thumbs", "retentionInDays": 30},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		"name": "thumbs-errors", "alarmDescription": "fails", "namespace": "AWS/Lambda", "metricName": "Errors", "dimensions": {"FunctionName": "thumbs"}, "statistic": "Sum",
		"period": 60, "evaluationPeriods": 5, "datapointsToAlarm": 3, "threshold": 1, "comparisonOperator": "GreaterThanOrEqualToThreshold", "treatMissingData": "notBreaching",
		"alarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"]
	},
	"aws:apigatewayv2/api:Api": {"name": "thumbs", "protocolType": "HTTP", "corsConfiguration": {"allowOrigins": ["https://app.example.com"], "maxAge": 600}},
	"aws:apigatewayv2/authorizer:Authorizer": {
		"apiId": "a1b2c3d4", "name": "thumbs", "authorizerType": "JWT", "identitySources": ["$request.header.Authorization"],
		"jwtConfiguration": {"issuer": "https://issuer.example.com", "audiences": ["thumbs"]}
	},
	"aws:apigatewayv2/apiMapping:ApiMapping": {"apiId": "a1b2c3d4", "domainName": "thumbs.example.com", "stage": "$default"},
	"aws:apigatewayv2/domainName:DomainName": {
		"domainName": "thumbs.example.com",
		"domainNameConfiguration": {"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x", "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}
	},
	"aws:apigatewayv2/integration:Integration": {
		"apiId": "a1b2c3d4", "integrationType": "AWS_PROXY", "integrationUri": "arn:aws:lambda:us-east-1:123456789012:function:thumbs-api-0a1b2c3:live",
		"payloadFormatVersion": "2.0", "timeoutMilliseconds": 10000
	},
	"aws:apigatewayv2/route:Route": {"apiId": "a1b2c3d4", "routeKey": "POST /thumbnails", "target": "integrations/c3d4", "authorizationType": "JWT", "authorizerId": "d4e5f6"},
	"aws:apigatewayv2/stage:Stage": {
		"apiId": "a1b2c3d4", "name": "$default", "autoDeploy": true, "accessLogSettings": {"destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "format": "{}"},
		"defaultRouteSettings": {"throttlingBurstLimit": 100, "throttlingRateLimit": 50}
	},
	"aws:secretsmanager/secret:Secret": {"name": "thumbs-api-key", "description": "the key", "recoveryWindowInDays": 7},
	"aws:s3/bucketV2:BucketV2": {"bucket": "thumbs-originals-0a1b2c3", "forceDestroy": false, "tags": {"app": "thumbs"}},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
		"bucket": "thumbs-originals-0a1b2c3", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true
	},
	"aws:s3/bucketPolicy:BucketPolicy": {"bucket": "thumbs-originals-0a1b2c3", "policy": "{}"},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		"bucket": "thumbs-originals-0a1b2c3", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
	},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": {"bucket": "thumbs-originals-0a1b2c3", "versioningConfiguration": {"status": "Enabled"}},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		"bucket": "thumbs-originals-0a1b2c3",
		"rules": [{
			"id": "expire", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 30},
			"noncurrentVersionExpiration": {"noncurrentDays": 30}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 30}
		}]
	},
	"aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2": {
		"bucket": "thumbs-originals-0a1b2c3",
		"corsRules": [{"allowedOrigins": ["https://app.example.com"], "allowedMethods": ["PUT"], "allowedHeaders": ["Content-Type"], "maxAgeSeconds": 3600}]
	},
	"aws:s3/bucketNotification:BucketNotification": {
		"bucket": "thumbs-originals-0a1b2c3",
		"queues": [{"id": "resize", "queueArn": "arn:aws:sqs:us-east-1:123456789012:thumbs-resize-0a1b2c3", "events": ["s3:ObjectCreated:*"], "filterPrefix": "incoming/", "filterSuffix": ".jpg"}]
	},
	"aws:sqs/queue:Queue": {
		"name": "thumbs-resize-0a1b2c3", "messageRetentionSeconds": 1209600, "visibilityTimeoutSeconds": 360, "receiveWaitTimeSeconds": 20,
		"sqsManagedSseEnabled": true, "tags": {"app": "thumbs"}
	},
	"aws:sqs/queuePolicy:QueuePolicy": {"queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/thumbs-resize-0a1b2c3",
		"policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}"
	},
	"aws:dynamodb/table:Table": {
		"name": "thumbs-orders-0a1b2c3", "billingMode": "PAY_PER_REQUEST", "deletionProtectionEnabled": true, "tags": {"app": "thumbs"},
		"attributes": [{"name": "id", "type": "S"}, {"name": "at", "type": "N"}], "hashKey": "id", "rangeKey": "at",
		"globalSecondaryIndexes": [{"name": "by-at", "hashKey": "at", "rangeKey": "id", "projectionType": "ALL"}],
		"pointInTimeRecovery": {"enabled": true}, "ttl": {"attributeName": "expires", "enabled": true}
	},
	"aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {"queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/thumbs-resize-0a1b2c3", "redriveAllowPolicy": "{\"redrivePermission\":\"denyAll\"}"},
	"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
		"functionName": "thumbs-api-0a1b2c3", "qualifier": "live", "maximumRetryAttempts": 1, "maximumEventAgeInSeconds": 3600,
		"destinationConfig": {"onFailure": {"destination": "arn:aws:sqs:us-east-1:123456789012:thumbs-report-dead-letters"}}
	},
	"aws:scheduler/schedule:Schedule": {
		"name": "thumbs-report", "scheduleExpression": "cron(0 6 ? * MON-FRI *)", "scheduleExpressionTimezone": "Europe/Berlin", "state": "ENABLED",
		"flexibleTimeWindow": {"mode": "OFF"},
		"target": {
			"arn": "arn:aws:lambda:us-east-1:123456789012:function:thumbs-api-0a1b2c3:live", "roleArn": "arn:aws:iam::123456789012:role/x", "input": "{}",
			"retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 5},
			"deadLetterConfig": {"arn": "arn:aws:sqs:us-east-1:123456789012:thumbs-report-dead-letters"}
		}
	},
	"aws:elasticache/serverlessCache:ServerlessCache": {
		"name": "thumbs-cache-0a1b2c3", "engine": "valkey", "majorEngineVersion": "8", "cacheUsageLimits": {"dataStorage": {"maximum": 1, "unit": "GB"}},
		"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"], "tags": {"app": "thumbs"}
	},
	"aws:route53/record:Record": {
		"zoneId": "Z0123456789ABCDEFGHIJ", "name": "thumbs.example.com", "type": "CNAME", "ttl": 60, "records": ["lambda.thumbs.example.com"],
		"setIdentifier": "lambda", "weightedRoutingPolicies": [{"weight": 90}], "healthCheckId": "01234567-89ab-cdef-0123-456789abcdef"
	},
	"aws:route53/healthCheck:HealthCheck": {
		"type": "HTTPS", "fqdn": "lambda.thumbs.example.com", "port": 443, "resourcePath": "/healthz", "enableSni": true, "requestInterval": 30,
		"failureThreshold": 3, "tags": {"app": "thumbs", "Name": "lambda.thumbs.example.com"}
	},
	"aws:rds/subnetGroup:SubnetGroup": {"name": "thumbs-db-0a1b2c3", "description": "of thumbs-db", "subnetIds": ["subnet-1", "subnet-2"], "tags": {"app": "thumbs"}},
	"aws:rds/parameterGroup:ParameterGroup": {
		"name": "thumbs-db-0a1b2c3", "description": "of thumbs-db", "family": "postgres17", "parameters": [{"name": "rds.force_ssl", "value": "1"}], "tags": {"app": "thumbs"}
	},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup": {
		"name": "thumbs-db-0a1b2c3", "description": "of thumbs-db", "family": "aurora-postgresql17", "parameters": [{"name": "rds.force_ssl", "value": "1"}], "tags": {"app": "thumbs"}
	},
	"aws:rds/instance:Instance": {
		"identifier": "thumbs-db-0a1b2c3", "engine": "postgres", "engineVersion": "17", "instanceClass": "db.t4g.medium", "allocatedStorage": 20, "storageType": "gp3",
		"storageEncrypted": true, "dbName": "thumbs_db", "username": "postgres", "manageMasterUserPassword": true, "parameterGroupName": "thumbs-db-0a1b2c3",
		"dbSubnetGroupName": "thumbs-db-0a1b2c3", "vpcSecurityGroupIds": ["sg-1"], "publiclyAccessible": false, "backupRetentionPeriod": 7, "copyTagsToSnapshot": true,
		"deletionProtection": true, "skipFinalSnapshot": false, "finalSnapshotIdentifier": "thumbs-db-0a1b2c3-final", "tags": {"app": "thumbs"}
	},
	"aws:rds/cluster:Cluster": {
		"clusterIdentifier": "thumbs-reading-0a1b2c3", "engine": "aurora-postgresql", "engineVersion": "17", "databaseName": "thumbs_db", "masterUsername": "postgres",
		"manageMasterUserPassword": true, "dbClusterParameterGroupName": "thumbs-db-0a1b2c3", "dbSubnetGroupName": "thumbs-db-0a1b2c3", "vpcSecurityGroupIds": ["sg-1"],
		"storageEncrypted": true, "backupRetentionPeriod": 7, "copyTagsToSnapshot": true, "deletionProtection": true,
		"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4}, "tags": {"app": "thumbs"}
	},
	"aws:rds/clusterInstance:ClusterInstance": {
		"identifier": "thumbs-reading-0a1b2c3", "clusterIdentifier": "thumbs-reading-0a1b2c3", "engine": "aurora-postgresql", "instanceClass": "db.serverless", "publiclyAccessible": false,
		"tags": {"app": "thumbs"}
	},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
		"securityGroupId": "sg-1", "referencedSecurityGroupId": "sg-2", "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "description": "functions of thumbs", "tags": {"app": "thumbs"}
	},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {"clusterName": "c", "namespace": "thumbs", "serviceAccount": "api", "roleArn": "arn:aws:iam::123456789012:role/x"}
}`

func open(t *testing.T) *Models {
	t.Helper()
	models, err := Open(t.Context(), "../../tools/aws-models")
	if err != nil {
		t.Fatal(err)
	}
	return models
}

func readSamples(t *testing.T) (all map[string]map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(samples), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSamples(t *testing.T) {
	models, all := open(t), readSamples(t)
	for token, inputs := range all {
		if problems, err := models.Check(token, inputs); err != nil || len(problems) > 0 {
			t.Errorf("%s: %v, %v", token, problems, err)
		}
	}
	if have, want := slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(types())); !slices.Equal(have, want) {
		t.Errorf("samples of %v, want one of each type in the table: %v", have, want)
	}
}

// Every input is sent somewhere, or AWS cannot refuse it: given a value of another
// type, each must be refused.
func TestEveryInputIsChecked(t *testing.T) {
	models := open(t)
	for token, entry := range types() {
		for name := range readSamples(t)[token] {
			if strings.Contains(" "+entry.unsent+" ", " "+name+" ") || name == "__defaults" || name == "code" {
				continue
			}
			inputs := readSamples(t)[token]
			inputs[name] = []any{[]any{[]any{}}}
			if problems, err := models.Check(token, inputs); err != nil || len(problems) == 0 {
				t.Errorf("%s: %s may be anything: %v", token, name, err)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	models := open(t)
	const (
		function     = "aws:lambda/function:Function"
		alias        = "aws:lambda/alias:Alias"
		mapping      = "aws:lambda/eventSourceMapping:EventSourceMapping"
		alarm        = "aws:cloudwatch/metricAlarm:MetricAlarm"
		role         = "aws:iam/role:Role"
		queue        = "aws:sqs/queue:Queue"
		notification = "aws:s3/bucketNotification:BucketNotification"
		table        = "aws:dynamodb/table:Table"
		record       = "aws:route53/record:Record"
	)
	for _, test := range []struct{ token, input, value, want string }{
		{function, "memorySize", `64`, "CreateFunction.MemorySize: must have at least 128, got 64"},
		{function, "memorySize", `512.5`, "must be a number (integer), got 512.5"},
		{function, "memorySize", `"512"`, "must be a number (integer), got 512"},
		{function, "role", `null`, "CreateFunction: Role is required"},
		{function, "role", `"thumbs-api"`, "CreateFunction.Role: must match arn:"},
		{alias, "functionName", `"a b"`, "CreateAlias.FunctionName: must match"},
		{function, "architectures", `["riscv"]`, `CreateFunction.Architectures[0]: must be one of x86_64, arm64, got "riscv"`},
		{function, "architectures", `[]`, "must have at least 1 elements, got 0"},
		{function, "architectures", `["arm64","arm64"]`, "must have at most 1 elements, got 2"},
		{function, "environment", `{"variables": {"1A": "x"}}`, "Variables's key 1A: must match"},
		{function, "environment", `{"variables": {"AB": 1}}`, "Variables.AB: must be a string, got 1"},
		{function, "environment", `{"values": {}}`, "CreateFunction.Environment: values is no member of Environment"},
		{function, "environment", `[]`, "must be a structure"},
		{function, "layers", `"x"`, "must be a list, got x"},
		{function, "tags", `["x"]`, "must be a map, got [x]"},
		{function, "publish", `"yes"`, "must be true or false, got yes"},
		{function, "reservedConcurrentExecutions", `-1`, "PutFunctionConcurrency.ReservedConcurrentExecutions: must have at least 0, got -1"},
		{alias, "name", `"123"`, `CreateAlias.Name: must match (?!^[0-9]+$)`},
		{alias, "functionVersion", `"latest"`, "must match"},
		{mapping, "scalingConfig", `{"maximumConcurrency": 1}`, "ScalingConfig.MaximumConcurrency: must have at least 2, got 1"},
		{mapping, "batchSize", `10001`, "BatchSize: must have at most 10000, got 10001"},
		{mapping, "functionResponseTypes", `["ReportFailures"]`, "must be one of ReportBatchItemFailures"},
		{alarm, "dimensions", `{"FunctionName": ""}`, "PutMetricAlarm.Dimensions[0].Value: must have at least 1 characters, got 0"},
		{alarm, "comparisonOperator", `">"`, "must be one of"},
		{notification, "queues", `[{"queueArn": "arn", "events": ["s3:Created"]}]`, "Events[0]: must be one of"},
		{notification, "queues", `[{"queueArn": "arn"}]`, "QueueConfigurations[0]: Events is required"},
		{notification, "queues", `[{"queueArn": "arn", "events": [], "filterPrefix": 1}]`, "QueueConfigurations[0].Filter.Key.FilterRules[0].Value: must be a string, got 1"},
		{record, "weightedRoutingPolicies", `[{"weight": 256}]`, "ResourceRecordSet.Weight: must have at most 255, got 256"},
		{record, "type", `"ALIAS"`, "ResourceRecordSet.Type: must be one of"},
		{table, "attributes", `[{"name": "id", "type": "text"}]`, "CreateTable.AttributeDefinitions[0].AttributeType: must be one of S, N, B"},
		{table, "hashKey", `null`, "CreateTable.KeySchema[0]: AttributeName is required"},
		{table, "globalSecondaryIndexes", `[{"name": "x", "hashKey": "at", "projectionType": "ALL"}]`, "GlobalSecondaryIndexes[0].IndexName: must have at least 3 characters, got 1"},
		{table, "ttl", `{"enabled": true}`, "UpdateTimeToLive.TimeToLiveSpecification: AttributeName is required"},
		{queue, "visibilityTimeoutSeconds", `["1"]`, "CreateQueue.Attributes.VisibilityTimeout: must be a string, got [1]"},
		{"aws:s3/bucketVersioningV2:BucketVersioningV2", "bucket", `null`, "PutBucketVersioning: Bucket is required"},
		{role, "description", `"em dash \u2014"`, "CreateRole.Description: must match"},
		{role, "tags", `{"a{b": "c"}`, "CreateRole.Tags[0].Key: must match"},
	} {
		inputs := readSamples(t)[test.token]
		var value any
		if err := json.Unmarshal([]byte(test.value), &value); err != nil {
			t.Fatal(err)
		}
		inputs[test.input] = value
		problems, err := models.Check(test.token, inputs)
		if err != nil || len(problems) != 1 || !strings.Contains(problems[0], test.want) {
			t.Errorf("%s with %s %s: got %q, %v, want %q", test.token, test.input, test.value, problems, err, test.want)
		}
	}
}

func TestUnknown(t *testing.T) {
	models := open(t)
	for token, want := range map[string]string{
		"aws:ec2/instance:Instance":    "no API operation is known for it\nhint: ",
		"aws:lambda/function:Function": "no API operation takes its input color\nhint: ",
	} {
		if _, err := models.Check(token, map[string]any{"color": "red"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", token, err, want)
		}
	}
	if _, err := Open(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "downloading AWS's models") {
		t.Errorf("a module that requires no models: %v", err)
	}
}
