package lambda

// Lambda's and API Gateway's limits, as their documentation gives them:
// docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html.
const (
	MinMemoryMB        = 128
	MaxMemoryMB        = 10240
	MemoryMBForOneVCPU = 1769 // CPU grows linearly with memory
	MaxTimeoutSeconds  = 900
	// MaxRouteTimeoutSeconds is an HTTP API's limit for one integration. It cannot be raised.
	MaxRouteTimeoutSeconds = 30
	MaxRoutes              = 300
	MaxAuthorizers         = 10
	MaxAudiences           = 50 // of one JWT authorizer
	// MaxEnvironmentBytes bounds all variables of one function together.
	MaxEnvironmentBytes = 4096
	// MaxRolePolicyBytes bounds what a role's own policies hold together, white space left out:
	// docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
	MaxRolePolicyBytes = 10240
)

// What watches the app: CloudWatch alarms on each function (errors, throttles,
// duration), and on the API that all share (5xx).
const (
	AlarmsOfService = 3
	AlarmsOfAPI     = 1
)

// The layers of the Lambda Web Adapter that AWS publishes in every commercial region,
// as ACCOUNT:layer:NAME:VERSION, by architecture. From the adapter's own documentation:
// awslabs.github.io/aws-lambda-web-adapter/getting-started/zip-packages.html.
const (
	AdapterLayerX8664 = "753240598075:layer:LambdaAdapterLayerX86:26"
	AdapterLayerARM64 = "753240598075:layer:LambdaAdapterLayerArm64:26"
)

// secretReferenceBytes is what one reference to a secret is counted with: an ARN
// with the longest region, and the key's suffix. The real one is known only
// once the secret exists.
const secretReferenceBytes = 128

// addressBytes is what the URL of the API is counted with: AWS chooses it.
const addressBytes = 80

// rolePolicyBytes is what every role's policy is counted with, beside its
// secrets and the spec's own statements.
const rolePolicyBytes = 1024
