package offline

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// Rule says which inputs of a type make a new resource when they change; all others
// change it in place. A dot leads into an object; a lone * is every input.
type Rule struct {
	Type     string // a type token
	Replaces []string
	Source   string // the file in which the provider says so, as a URL
}

// The sources at the versions that go.mod names: pulumi-aws 6.83 runs Terraform's
// provider 5.100, the last of its fifth series.
const (
	terraform = "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/"
	kubeDiff  = "https://github.com/pulumi/pulumi-kubernetes/blob/v4.30.0/provider/pkg/provider/diff.go"
)

// Rules returns what is known of the types that ambi's programs have, by type.
// pulumi-aws runs Terraform's provider, whose schemas mark such inputs ForceNew (or
// RequiresReplace); pulumi-kubernetes lists them itself, and the custom resources
// among its objects are other objects under another name or namespace.
func Rules() []Rule {
	object := func(token string, more ...string) Rule {
		return Rule{token, append([]string{"metadata.name", "metadata.namespace"}, more...), kubeDiff}
	}
	return []Rule{
		{"aws:apigatewayv2/api:Api", []string{"protocolType"}, terraform + "apigatewayv2/api.go"},
		{"aws:apigatewayv2/apiMapping:ApiMapping", []string{"apiId", "domainName"}, terraform + "apigatewayv2/api_mapping.go"},
		{"aws:apigatewayv2/authorizer:Authorizer", []string{"apiId"}, terraform + "apigatewayv2/authorizer.go"},
		{"aws:apigatewayv2/domainName:DomainName", []string{"domainName"}, terraform + "apigatewayv2/domain_name.go"},
		{"aws:apigatewayv2/integration:Integration", []string{"apiId", "integrationSubtype", "integrationType"}, terraform + "apigatewayv2/integration.go"},
		{"aws:apigatewayv2/route:Route", []string{"apiId"}, terraform + "apigatewayv2/route.go"},
		{"aws:apigatewayv2/stage:Stage", []string{"apiId", "name"}, terraform + "apigatewayv2/stage.go"},
		{"aws:cloudwatch/logGroup:LogGroup", []string{"logGroupClass", "name", "namePrefix"}, terraform + "logs/group.go"},
		{"aws:cloudwatch/metricAlarm:MetricAlarm", []string{"name"}, terraform + "cloudwatch/metric_alarm.go"},
		{"aws:dynamodb/table:Table", []string{"hashKey", "localSecondaryIndexes", "name", "rangeKey", "restoreDateTime", "restoreSourceName", "restoreToLatestTime"}, terraform + "dynamodb/table.go"},
		{"aws:eks/podIdentityAssociation:PodIdentityAssociation", []string{"clusterName", "namespace", "serviceAccount"}, terraform + "eks/pod_identity_association.go"},
		{"aws:elasticache/serverlessCache:ServerlessCache", []string{"engine", "kmsKeyId", "name", "snapshotArnsToRestores", "subnetIds"}, terraform + "elasticache/serverless_cache.go"},
		{"aws:iam/role:Role", []string{"name", "namePrefix", "path"}, terraform + "iam/role.go"},
		{"aws:iam/rolePolicy:RolePolicy", []string{"name", "namePrefix", "role"}, terraform + "iam/role_policy.go"},
		{"aws:lambda/alias:Alias", []string{"functionName", "name"}, terraform + "lambda/alias.go"},
		{"aws:lambda/eventSourceMapping:EventSourceMapping", []string{"eventSourceArn", "startingPosition", "startingPositionTimestamp"}, terraform + "lambda/event_source_mapping.go"},
		{"aws:lambda/function:Function", []string{"name", "packageType"}, terraform + "lambda/function.go"},
		{"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", []string{"functionName", "qualifier"}, terraform + "lambda/function_event_invoke_config.go"},
		{"aws:lambda/permission:Permission", []string{"*"}, terraform + "lambda/permission.go"},
		{"aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", []string{"functionName", "qualifier"}, terraform + "lambda/provisioned_concurrency_config.go"},
		{"aws:rds/cluster:Cluster", []string{"availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "databaseName", "dbSubnetGroupName", "engineMode", "kmsKeyId", "masterUsername", "snapshotIdentifier", "storageEncrypted"}, terraform + "rds/cluster.go"},
		{"aws:rds/clusterInstance:ClusterInstance", []string{"availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier", "identifierPrefix"}, terraform + "rds/cluster_instance.go"},
		{"aws:rds/clusterParameterGroup:ClusterParameterGroup", []string{"description", "family", "name", "namePrefix"}, terraform + "rds/cluster_parameter_group.go"},
		{"aws:rds/instance:Instance", []string{"characterSetName", "dbName", "engine", "identifierPrefix", "kmsKeyId", "snapshotIdentifier", "storageEncrypted", "timezone", "username"}, terraform + "rds/instance.go"},
		{"aws:rds/parameterGroup:ParameterGroup", []string{"description", "family", "name", "namePrefix"}, terraform + "rds/parameter_group.go"},
		{"aws:rds/subnetGroup:SubnetGroup", []string{"name", "namePrefix"}, terraform + "rds/subnet_group.go"},
		{"aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2", []string{"bucket", "expectedBucketOwner"}, terraform + "s3/bucket_cors_configuration.go"},
		{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", []string{"bucket", "expectedBucketOwner"}, terraform + "s3/bucket_lifecycle_configuration.go"},
		{"aws:s3/bucketNotification:BucketNotification", []string{"bucket"}, terraform + "s3/bucket_notification.go"},
		{"aws:s3/bucketPolicy:BucketPolicy", []string{"bucket"}, terraform + "s3/bucket_policy.go"},
		{"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", []string{"bucket"}, terraform + "s3/bucket_public_access_block.go"},
		{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", []string{"bucket", "expectedBucketOwner"}, terraform + "s3/bucket_server_side_encryption_configuration.go"},
		{"aws:s3/bucketV2:BucketV2", []string{"bucket", "bucketPrefix", "objectLockEnabled"}, terraform + "s3/bucket.go"},
		{"aws:s3/bucketVersioningV2:BucketVersioningV2", []string{"bucket", "expectedBucketOwner"}, terraform + "s3/bucket_versioning.go"},
		{"aws:scheduler/schedule:Schedule", []string{"groupName", "name", "namePrefix"}, terraform + "scheduler/schedule.go"},
		{"aws:secretsmanager/secret:Secret", []string{"name", "namePrefix"}, terraform + "secretsmanager/secret.go"},
		{"aws:sqs/queue:Queue", []string{"fifoQueue", "name", "namePrefix"}, terraform + "sqs/queue.go"},
		{"aws:sqs/queuePolicy:QueuePolicy", []string{"queueUrl"}, terraform + "sqs/queue_policy.go"},
		{"aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", []string{"queueUrl"}, terraform + "sqs/redrive_allow_policy.go"},
		{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", []string{"securityGroupId"}, terraform + "ec2/vpc_security_group_ingress_rule.go"},

		object("kubernetes:apps/v1:Deployment", "spec.selector"),
		object("kubernetes:apps/v1:StatefulSet", "spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
		object("kubernetes:autoscaling/v2:HorizontalPodAutoscaler"),
		object("kubernetes:batch/v1:CronJob"),
		object("kubernetes:core/v1:ConfigMap"),
		object("kubernetes:core/v1:Service", "spec.clusterIP"),
		object("kubernetes:core/v1:ServiceAccount"),
		object("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"),
		object("kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy"),
		object("kubernetes:keda.sh/v1alpha1:ScaledObject"),
		object("kubernetes:keda.sh/v1alpha1:TriggerAuthentication"),
		object("kubernetes:monitoring.coreos.com/v1:ServiceMonitor"),
		object("kubernetes:networking.k8s.io/v1:Ingress"),
		object("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
		object("kubernetes:policy/v1:PodDisruptionBudget"),
	}
}

// replaces reports whether a change of a top-level input makes a new resource. Of a
// type that no rule lists, a new name does, and for an object a new namespace.
func replaces(token, key string, old, new *structpb.Value) bool {
	paths := []string{"name", "namePrefix", "kind", "apiVersion", "metadata.name", "metadata.namespace"}
	for _, rule := range Rules() {
		if rule.Type == token {
			paths = rule.Replaces
		}
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		first, inner, nested := strings.Cut(path, ".")
		switch {
		case path == "*":
			return true
		case first != key:
			return false
		case !nested:
			return true
		default:
			return !proto.Equal(at(old, inner), at(new, inner))
		}
	})
}

// at returns the field of an object, or nil.
func at(object *structpb.Value, key string) *structpb.Value {
	inner, _ := unwrap(object)
	return inner.GetStructValue().GetFields()[key]
}
