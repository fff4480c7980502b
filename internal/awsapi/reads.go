package awsapi

// beyondMoto lists the operations that moto refuses though AWS has them, each with why.
func beyondMoto() map[string]string {
	return map[string]string{
		"lambda PutProvisionedConcurrencyConfig": "moto does not implement it",
		"eks CreatePodIdentityAssociation":       "moto does not implement it",
		"elasticache CreateServerlessCache":      "moto does not implement it",
		"route53 ChangeResourceRecordSets":       "moto has no hosted zone, which is there before any stack",
	}
}

// outputs says where a resource's outputs, output:Member or output:Outer.Member, are in the
// answer to its first call: those that are drawn at random, and those that follow from what
// was sent.
type outputs struct{ drawn, same string }

func outputsOf() map[string]outputs {
	return map[string]outputs{
		"aws:iam/role:Role":                {same: "arn:Role.Arn"},
		"aws:lambda/function:Function":     {same: "arn:FunctionArn version:Version"},
		"aws:lambda/alias:Alias":           {same: "arn:AliasArn"},
		"aws:sqs/queue:Queue":              {same: "url:QueueUrl"},
		"aws:dynamodb/table:Table":         {same: "arn:TableDescription.TableArn"},
		"aws:scheduler/schedule:Schedule":  {same: "arn:ScheduleArn"},
		"aws:secretsmanager/secret:Secret": {drawn: "arn:ARN"},

		"aws:apigatewayv2/api:Api":                 {drawn: "id:ApiId", same: "apiEndpoint:ApiEndpoint"},
		"aws:apigatewayv2/authorizer:Authorizer":   {drawn: "id:AuthorizerId"},
		"aws:apigatewayv2/integration:Integration": {drawn: "id:IntegrationId"},
		"aws:apigatewayv2/domainName:DomainName":   {same: "arn:DomainNameArn"},
	}
}

// read says how what an operation set is read back: by which operation, with which
// members of its input or of its answer (where called otherwise, member:Member), and what of the input, at sent, equals what of
// the answer, at answered. Silent are the members that the answer does not have; AWS's
// has a function's LoggingConfig and a queue's RedriveAllowPolicy, which moto forgets.
type read struct {
	operation, by  string
	with           map[string]any
	sent, answered string
	silent         string
	prepare        func(sent map[string]any) map[string]any // where the answer is shaped otherwise
}

func reads() map[string]read {
	queue := read{
		operation: "GetQueueAttributes", by: "QueueUrl", with: map[string]any{"AttributeNames": []any{"All"}},
		sent: "Attributes", answered: "Attributes", silent: "RedriveAllowPolicy",
	}
	return map[string]read{
		"s3 PutPublicAccessBlock": {operation: "GetPublicAccessBlock", by: "Bucket", sent: "PublicAccessBlockConfiguration", answered: "PublicAccessBlockConfiguration"},
		"s3 PutBucketEncryption":  {operation: "GetBucketEncryption", by: "Bucket", sent: "ServerSideEncryptionConfiguration", answered: "ServerSideEncryptionConfiguration"},
		"s3 PutBucketVersioning":  {operation: "GetBucketVersioning", by: "Bucket", sent: "VersioningConfiguration"},
		"s3 PutBucketPolicy":      {operation: "GetBucketPolicy", by: "Bucket", sent: "Policy", answered: "Policy"},
		"s3 PutBucketTagging":     {operation: "GetBucketTagging", by: "Bucket", sent: "Tagging"},
		"s3 PutBucketCors":        {operation: "GetBucketCors", by: "Bucket", sent: "CORSConfiguration"},
		"s3 PutBucketLifecycleConfiguration": {
			operation: "GetBucketLifecycleConfiguration", by: "Bucket", sent: "LifecycleConfiguration",
		},
		"s3 PutBucketNotificationConfiguration": {
			operation: "GetBucketNotificationConfiguration", by: "Bucket", sent: "NotificationConfiguration",
		},

		"sqs CreateQueue":        queue,
		"sqs SetQueueAttributes": queue,

		"rds CreateDBInstance": {
			operation: "DescribeDBInstances", by: "DBInstanceIdentifier", answered: "DBInstances",
			silent: "DBParameterGroupName DBSubnetGroupName VpcSecurityGroupIds ManageMasterUserPassword Tags",
		},
		"rds CreateDBCluster": {
			operation: "DescribeDBClusters", by: "DBClusterIdentifier", answered: "DBClusters",
			silent: "DBClusterParameterGroupName DBSubnetGroupName VpcSecurityGroupIds ManageMasterUserPassword Tags",
		},

		"dynamodb CreateTable": {operation: "DescribeTable", by: "TableName", answered: "Table", silent: "Tags", prepare: func(sent map[string]any) map[string]any {
			sent["BillingModeSummary"] = map[string]any{"BillingMode": sent["BillingMode"]}
			delete(sent, "BillingMode")
			return sent
		}},
		"dynamodb UpdateTimeToLive": {
			operation: "DescribeTimeToLive", by: "TableName", sent: "TimeToLiveSpecification", answered: "TimeToLiveDescription",
			prepare: func(sent map[string]any) map[string]any {
				return map[string]any{"AttributeName": sent["AttributeName"], "TimeToLiveStatus": state(sent["Enabled"], "ENABLED", "DISABLED")}
			},
		},
		"dynamodb UpdateContinuousBackups": {
			operation: "DescribeContinuousBackups", by: "TableName", sent: "PointInTimeRecoverySpecification",
			answered: "ContinuousBackupsDescription.PointInTimeRecoveryDescription",
			prepare: func(sent map[string]any) map[string]any {
				return map[string]any{"PointInTimeRecoveryStatus": state(sent["PointInTimeRecoveryEnabled"], "ENABLED", "DISABLED")}
			},
		},

		"lambda CreateFunction": {operation: "GetFunctionConfiguration", by: "FunctionName", silent: "Code Publish Tags LoggingConfig", prepare: func(sent map[string]any) map[string]any {
			if image, ok := sent["ImageConfig"]; ok {
				delete(sent, "ImageConfig")
				sent["ImageConfigResponse"] = map[string]any{"ImageConfig": image}
			}
			return sent
		}},
		"lambda CreateAlias": {operation: "GetAlias", by: "FunctionName Name", silent: "FunctionName"},
		"lambda CreateEventSourceMapping": {operation: "GetEventSourceMapping", by: "UUID", silent: "FunctionName", prepare: func(sent map[string]any) map[string]any {
			sent["State"] = state(sent["Enabled"], "Enabled", "Disabled")
			delete(sent, "Enabled")
			return sent
		}},
		"lambda PutFunctionEventInvokeConfig": {operation: "GetFunctionEventInvokeConfig", by: "FunctionName Qualifier", silent: "FunctionName Qualifier"},
		"lambda PutFunctionConcurrency":       {operation: "GetFunctionConcurrency", by: "FunctionName", silent: "FunctionName"},

		"scheduler CreateSchedule":    {operation: "GetSchedule", by: "Name"},
		"iam CreateRole":              {operation: "GetRole", by: "RoleName", answered: "Role"},
		"monitoring PutMetricAlarm":   {operation: "DescribeAlarms", by: "AlarmNamePrefix:AlarmName", answered: "MetricAlarms", silent: "Tags"},
		"logs CreateLogGroup":         {operation: "DescribeLogGroups", by: "logGroupNamePrefix:logGroupName", answered: "logGroups", silent: "tags"},
		"logs PutRetentionPolicy":     {operation: "DescribeLogGroups", by: "logGroupNamePrefix:logGroupName", answered: "logGroups"},
		"secretsmanager CreateSecret": {operation: "DescribeSecret", by: "SecretId:Name"},
		"iam PutRolePolicy":           {operation: "GetRolePolicy", by: "RoleName PolicyName"},

		"apigatewayv2 CreateApi":         {operation: "GetApi", by: "ApiId"},
		"apigatewayv2 CreateAuthorizer":  {operation: "GetAuthorizer", by: "ApiId AuthorizerId", silent: "ApiId"},
		"apigatewayv2 CreateIntegration": {operation: "GetIntegration", by: "ApiId IntegrationId", silent: "ApiId"},
		"apigatewayv2 CreateRoute":       {operation: "GetRoute", by: "ApiId RouteId", silent: "ApiId"},
		"apigatewayv2 CreateStage":       {operation: "GetStage", by: "ApiId StageName", silent: "ApiId"},
		"apigatewayv2 CreateDomainName":  {operation: "GetDomainName", by: "DomainName"},
		"apigatewayv2 CreateApiMapping":  {operation: "GetApiMapping", by: "DomainName ApiMappingId", silent: "DomainName"},
	}
}

// state is how answers put a truth.
func state(value any, yes, no string) string {
	if value == true {
		return yes
	}
	return no
}
