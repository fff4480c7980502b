package cloudformation

import (
	"strings"

	"ambi/importer/source"
)

// rest notes what nothing was made of.
func (r *reading) rest() {
	for _, name := range r.resources.Keys {
		n, o := r.resources.Child(name), r.objects[name]
		kind := n.Get("Type").String()
		if !r.used[name] {
			why, changes := whyType(kind)
			o.Leave(n, why, changes)
			continue
		}
		r.app.Later = append(r.app.Later, func() {
			o.Rest(n, func(v *source.Node) bool { return v.Leaves() == 0 || v.Kind == source.Null }, func(v *source.Node) (string, bool) { return whyKey(kind, v.Path) })
		})
	}
	for _, section := range []string{"Function", "Api", "HttpApi", "SimpleTable", "StateMachine"} {
		n := r.globals.Get(section)
		if n == nil {
			continue
		}
		o := r.report.Object("Globals", n)
		r.app.Later = append(r.app.Later, func() {
			for _, key := range n.Keys { // each with its own reason, also where nothing of them was used
				o.Rest(n.Child(key), func(v *source.Node) bool { return v.Leaves() == 0 || v.Kind == source.Null }, func(v *source.Node) (string, bool) {
					return whyKey("AWS::Serverless::"+section, v.Path)
				})
			}
		})
	}
}

// whyType says why a resource has no place in a spec.
func whyType(kind string) (why string, changes bool) {
	for _, r := range []struct {
		prefix, why string
		changes     bool
	}{
		{"AWS::Lambda::Permission", "the stack lets callers in itself", false},
		{"AWS::Lambda::LayerVersion", "an image has no layers: put what they hold into it", true},
		{"AWS::Serverless::LayerVersion", "an image has no layers: put what they hold into it", true},
		{"AWS::Lambda::", "starts or versions no function of the files that a service was made of", true},
		{"AWS::Serverless::Application", "is a template of its own: import its file too", true},
		{"AWS::CloudFormation::Stack", "is a template of its own: import its file too", true},
		{"AWS::CloudFormation::", "is CloudFormation's own", false},
		{"AWS::Serverless::StateMachine", "no state machine is a service: it stays in a stack of its own", true},
		{"AWS::StepFunctions::", "no state machine is a service: it stays in a stack of its own", true},
		{"AWS::Serverless::", "the stack makes an HTTP API for the routes of services", false},
		{"AWS::ApiGateway", "the stack makes an HTTP API for the routes of services", false},
		{"AWS::IAM::", "each service has a role of its own, of what it may do", false},
		{"AWS::SNS::", "topics stay outside the app: services may publish to one by permissions", true},
		{"AWS::Events::", "rules and buses stay outside the app: have one send to a queue, and take its messages with queue", true},
		{"AWS::Scheduler::", "starts no function of the files", true},
		{"AWS::Cognito::", "pools of users stay outside the app: http.auth refers to one", true},
		{"AWS::SecretsManager::", "secrets stay outside the app: services refer to them by name", true},
		{"AWS::SSM::", "parameters stay outside the app: write their values under env", true},
		{"AWS::Logs::", "the stack has a log group for each function, and alarms", false},
		{"AWS::CloudWatch::", "the stack has alarms of its own", false},
		{"AWS::SQS::QueuePolicy", "the stack lets those send that a spec says", true},
		{"AWS::S3::BucketPolicy", "the stack lets those in that a spec says", true},
		{"AWS::RDS::", "databases stay outside the app, since their data must outlive it: write the address under env", true},
		{"AWS::DynamoDB::", "tables of other kinds stay outside the app", true},
		{"AWS::EC2::", "networks stay outside the app: lambda.vpc uses subnets that there are", true},
		{"Custom::", "nothing of a stack runs once: do its work beside the stack", true},
	} {
		if strings.HasPrefix(kind, r.prefix) {
			return r.why, r.changes
		}
	}
	return "stays outside the app", true
}

// whyKey says why a value of a resource has no place in a spec.
func whyKey(kind, path string) (why string, changes bool) {
	const roll = "the stack has an alias live, to which pulumi up leads the requests"
	for _, r := range []struct {
		within, why string
		changes     bool
	}{
		{".FunctionName", "a function is called after the app and the service", false},
		{".QueueName", "data is called after the app and itself", false},
		{".Description", "changes nothing", false},
		{".Tags", "the stack tags all that it makes", false},
		{".Metadata", "is for the tools that build and draw", false},
		{".AutoPublish", roll, false},
		{".DeploymentPreference", roll, false},
		{".VersionDescription", roll, false},
		{".LoggingConfig", "the stack has a log group for each function", false},
		{".SnapStart", "an image starts as it is", false},
		{".PermissionsBoundary", "roles are the stack's: edit stacks/lambda", true},
		{".AssumeRolePolicyDocument", "roles are the stack's: edit stacks/lambda", true},
		{".RuntimeManagementConfig", "an image has its own runtime", false},
		{".DeadLetterQueue", "a queue has its own queue for messages that fail, and a schedule too", true},
		{".DeadLetterConfig", "a queue has its own queue for messages that fail, and a schedule too", true},
		{".EventInvokeConfig", "the stack says how often a failed run is tried again", true},
		{".EphemeralStorage", "a function has 512 MB under /tmp", true},
		{".FileSystemConfigs", "an instance keeps nothing on disk but /tmp", true},
		{".KmsKeyArn", "variables are encrypted with Lambda's own key", false},
		{".CodeSigningConfigArn", "an image is signed in its registry", true},
		{".ContentBasedDeduplication", "who sends names what tells a message from a repeat", true},
		{".DelaySeconds", "messages are delivered at once", true},
		{".NotificationConfiguration", "no topic and no queue of its own gets a bucket's events, but those of uploads", true},
		{".Auth", "who may call is set for each service under http.auth", true},
		{".Domain", "set the name in http.domain", true},
		{".StageName", "an HTTP API has no stage in its path", false},
		{".BinaryMediaTypes", "an HTTP API passes every kind of body", false},
		{".TracingEnabled", "an HTTP API has no traces of its own", false},
		{".MethodSettings", "the stack has settings for throttling", false},
		{".AccessLog", "the stack logs each request", false},
		{".DefinitionBody", "a definition's routes to functions are read, and the app checks its requests itself", false},
		{".DefinitionUri", "what a definition says beside the routes of functions is not read", true},
		{".Cors", "set http.cors", true},
	} {
		if strings.Contains(path, r.within) {
			return r.why, r.changes
		}
	}
	if strings.HasPrefix(kind, "AWS::ApiGateway") || strings.HasPrefix(kind, "AWS::Serverless::Api") || strings.HasPrefix(kind, "AWS::Serverless::HttpApi") {
		return "the stack makes an HTTP API for the routes of services", false
	}
	return "ambi has no word for it", true
}
