package awsapi

// resourceType says which operations a type comes to when a resource is made.
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
	constants map[string]any // members that the provider adds
	only      string
}

// types is how Terraform's AWS provider, which Pulumi's runs, makes each type.
func types() map[string]resourceType {
	one := func(api, name, takes string) resourceType {
		return resourceType{operations: []operation{{api: api, name: name, takes: takes}}}
	}
	return map[string]resourceType{
		"aws:lambda/function:Function": {operations: []operation{
			{api: "lambda", name: "CreateFunction", takes: "name:FunctionName role packageType code:Code.ZipFile imageUri:Code.ImageUri " +
				"handler runtime layers architectures memorySize timeout publish environment loggingConfig tracingConfig vpcConfig imageConfig ephemeralStorage description tags"},
			{api: "lambda", name: "PutFunctionConcurrency", takes: "name:FunctionName reservedConcurrentExecutions", only: "reservedConcurrentExecutions"},
		}},
		"aws:lambda/alias:Alias":           one("lambda", "CreateAlias", "name functionName functionVersion description routingConfig"),
		"aws:lambda/permission:Permission": one("lambda", "AddPermission", "statementId action function:FunctionName principal sourceArn sourceAccount qualifier"),
		"aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": one("lambda", "PutProvisionedConcurrencyConfig",
			"functionName qualifier provisionedConcurrentExecutions"),
		"aws:lambda/eventSourceMapping:EventSourceMapping": {
			operations: []operation{{api: "lambda", name: "CreateEventSourceMapping", takes: "eventSourceArn functionName enabled batchSize " +
				"maximumBatchingWindowInSeconds functionResponseTypes scalingConfig filterCriteria"}},
			unsent: "tags", // they are sent; the models are older
		},

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
		"aws:eks/podIdentityAssociation:PodIdentityAssociation": one("eks", "CreatePodIdentityAssociation", "clusterName namespace serviceAccount roleArn tags"),
	}
}
