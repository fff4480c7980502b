package awsapi

import "maps"

// resourceType says which operations create a resource of a type.
type resourceType struct {
	operations []operation
	unsent     string // inputs that no request has: what they decide happens elsewhere
}

// operation is one operation of an API. Takes lists the inputs that it sends; where a
// member is not called as the input is, input:Member or input:Outer.Member. Only
// names the input without which it is not called.
type operation struct {
	api, name string
	takes     string
	only      string
	made      map[string]any                             // inputs that the provider makes up where the program gives none
	prepare   func(inputs map[string]any) map[string]any // where members are not shaped as the inputs are
}

// types is how Terraform's AWS provider, which Pulumi's runs, makes each type.
func types() map[string]resourceType {
	one := func(api, name, takes string) resourceType {
		return resourceType{operations: []operation{{api: api, name: name, takes: takes}}}
	}
	all := map[string]resourceType{
		"aws:lambda/function:Function": {operations: []operation{
			{api: "lambda", name: "CreateFunction", takes: "name:FunctionName role packageType code:Code.ZipFile imageUri:Code.ImageUri " +
				"handler runtime layers architectures memorySize timeout publish environment loggingConfig tracingConfig vpcConfig imageConfig ephemeralStorage description tags"},
			{api: "lambda", name: "PutFunctionConcurrency", takes: "name:FunctionName reservedConcurrentExecutions", only: "reservedConcurrentExecutions"},
		}},
		"aws:lambda/alias:Alias": one("lambda", "CreateAlias", "name functionName functionVersion description routingConfig"),
		"aws:lambda/permission:Permission": {operations: []operation{{
			api: "lambda", name: "AddPermission", takes: "statementId action function:FunctionName principal sourceArn sourceAccount qualifier",
			made: map[string]any{"statementId": "terraform-20350101000000000000000001"},
		}}},
		"aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": one("lambda", "PutProvisionedConcurrencyConfig",
			"functionName qualifier provisionedConcurrentExecutions"),
		"aws:lambda/eventSourceMapping:EventSourceMapping": {
			operations: []operation{{api: "lambda", name: "CreateEventSourceMapping", takes: "eventSourceArn functionName enabled batchSize " +
				"maximumBatchingWindowInSeconds functionResponseTypes scalingConfig filterCriteria"}},
			unsent: "tags", // they are sent; the models are older
		},

		"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": one("lambda", "PutFunctionEventInvokeConfig",
			"functionName qualifier maximumRetryAttempts maximumEventAgeInSeconds destinationConfig"),

		"aws:scheduler/schedule:Schedule": one("scheduler", "CreateSchedule",
			"name groupName description scheduleExpression scheduleExpressionTimezone startDate endDate flexibleTimeWindow state target kmsKeyArn"),

		"aws:iam/role:Role": one("iam", "CreateRole",
			"name:RoleName assumeRolePolicy:AssumeRolePolicyDocument description path maxSessionDuration permissionsBoundary tags"),
		"aws:iam/rolePolicy:RolePolicy": one("iam", "PutRolePolicy", "role:RoleName name:PolicyName policy:PolicyDocument"),

		"aws:cloudwatch/logGroup:LogGroup": {operations: []operation{
			{api: "logs", name: "CreateLogGroup", takes: "name:logGroupName logGroupClass kmsKeyId tags"},
			{api: "logs", name: "PutRetentionPolicy", takes: "name:logGroupName retentionInDays", only: "retentionInDays"},
		}},
		"aws:cloudwatch/metricAlarm:MetricAlarm": one("monitoring", "PutMetricAlarm",
			"name:AlarmName alarmDescription namespace metricName dimensions statistic extendedStatistic period evaluationPeriods datapointsToAlarm "+
				"threshold comparisonOperator treatMissingData metricQueries:Metrics actionsEnabled alarmActions okActions:OKActions insufficientDataActions unit tags"),

		"aws:apigatewayv2/api:Api":                 one("apigatewayv2", "CreateApi", "name protocolType corsConfiguration description disableExecuteApiEndpoint tags"),
		"aws:apigatewayv2/authorizer:Authorizer":   one("apigatewayv2", "CreateAuthorizer", "apiId name authorizerType identitySources:IdentitySource jwtConfiguration"),
		"aws:apigatewayv2/apiMapping:ApiMapping":   one("apigatewayv2", "CreateApiMapping", "apiId apiMappingKey domainName stage"),
		"aws:apigatewayv2/domainName:DomainName":   one("apigatewayv2", "CreateDomainName", "domainName domainNameConfiguration:DomainNameConfigurations tags"),
		"aws:apigatewayv2/integration:Integration": one("apigatewayv2", "CreateIntegration", "apiId integrationType integrationUri integrationMethod payloadFormatVersion timeoutMilliseconds:TimeoutInMillis description"),
		"aws:apigatewayv2/route:Route":             one("apigatewayv2", "CreateRoute", "apiId routeKey target authorizationType authorizerId authorizationScopes"),
		"aws:apigatewayv2/stage:Stage":             one("apigatewayv2", "CreateStage", "apiId name:StageName autoDeploy accessLogSettings defaultRouteSettings description tags"),

		"aws:secretsmanager/secret:Secret": {
			operations: []operation{{api: "secretsmanager", name: "CreateSecret", takes: "name description kmsKeyId tags"}},
			unsent:     "recoveryWindowInDays", // DeleteSecret's
		},

		"aws:s3/bucketV2:BucketV2": {
			operations: []operation{
				{api: "s3", name: "CreateBucket", takes: "bucket"},
				{api: "s3", name: "PutBucketTagging", takes: "bucket tags:Tagging.TagSet", only: "tags"},
			},
			unsent: "forceDestroy",
		},
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": one("s3", "PutPublicAccessBlock",
			"bucket blockPublicAcls:PublicAccessBlockConfiguration.BlockPublicAcls blockPublicPolicy:PublicAccessBlockConfiguration.BlockPublicPolicy "+
				"ignorePublicAcls:PublicAccessBlockConfiguration.IgnorePublicAcls restrictPublicBuckets:PublicAccessBlockConfiguration.RestrictPublicBuckets"),
		"aws:s3/bucketPolicy:BucketPolicy": one("s3", "PutBucketPolicy", "bucket policy"),
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": one("s3", "PutBucketEncryption",
			"bucket rules:ServerSideEncryptionConfiguration.Rules"),
		"aws:s3/bucketVersioningV2:BucketVersioningV2":                         one("s3", "PutBucketVersioning", "bucket versioningConfiguration"),
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": one("s3", "PutBucketLifecycleConfiguration", "bucket rules:LifecycleConfiguration.Rules"),
		"aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2":           one("s3", "PutBucketCors", "bucket corsRules:CORSConfiguration.CORSRules"),
		"aws:s3/bucketNotification:BucketNotification": {operations: []operation{{
			api: "s3", name: "PutBucketNotificationConfiguration", takes: "bucket queues:NotificationConfiguration.QueueConfigurations",
			prepare: nestFilters,
		}}},

		"aws:dynamodb/table:Table": table(),

		"aws:elasticache/serverlessCache:ServerlessCache": one("elasticache", "CreateServerlessCache",
			"name:ServerlessCacheName engine majorEngineVersion cacheUsageLimits subnetIds securityGroupIds tags"),

		"aws:sqs/queue:Queue": one("sqs", "CreateQueue", "name:QueueName delaySeconds:Attributes.DelaySeconds maxMessageSize:Attributes.MaximumMessageSize "+
			"messageRetentionSeconds:Attributes.MessageRetentionPeriod receiveWaitTimeSeconds:Attributes.ReceiveMessageWaitTimeSeconds "+
			"redrivePolicy:Attributes.RedrivePolicy visibilityTimeoutSeconds:Attributes.VisibilityTimeout sqsManagedSseEnabled:Attributes.SqsManagedSseEnabled "+
			"fifoQueue:Attributes.FifoQueue contentBasedDeduplication:Attributes.ContentBasedDeduplication deduplicationScope:Attributes.DeduplicationScope "+
			"fifoThroughputLimit:Attributes.FifoThroughputLimit tags"),
		"aws:sqs/queuePolicy:QueuePolicy":               one("sqs", "SetQueueAttributes", "queueUrl policy:Attributes.Policy"),
		"aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": one("sqs", "SetQueueAttributes", "queueUrl redriveAllowPolicy:Attributes.RedriveAllowPolicy"),

		"aws:eks/podIdentityAssociation:PodIdentityAssociation": one("eks", "CreatePodIdentityAssociation", "clusterName namespace serviceAccount roleArn tags"),
	}
	maps.Copy(all, databases())
	maps.Copy(all, dns())
	return all
}

// nestFilters puts the prefix and the suffix of each notification where S3 has them.
func nestFilters(inputs map[string]any) map[string]any {
	var queues []any
	list, _ := inputs["queues"].([]any)
	for _, value := range list {
		queue := map[string]any{}
		var rules []any
		notification, _ := value.(map[string]any)
		for name, value := range sorted(notification) {
			switch name {
			case "filterPrefix":
				rules = append(rules, map[string]any{"name": "prefix", "value": value})
			case "filterSuffix":
				rules = append(rules, map[string]any{"name": "suffix", "value": value})
			default:
				queue[name] = value
			}
		}
		if rules != nil {
			queue["filter"] = map[string]any{"key": map[string]any{"filterRules": rules}}
		}
		queues = append(queues, queue)
	}
	return map[string]any{"bucket": inputs["bucket"], "queues": queues}
}
