package lambda

import "time"

// The pages that document Lambda's and API Gateway's limits.
const (
	QuotasPage        = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
	ScalingPage       = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"
	ExtensionsPage    = "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html"
	StartPage         = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"
	ImagesPage        = "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html"
	FunctionURLPage   = "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"
	HTTPAPIQuotasPage = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"
	HTTPAPIAccessPage = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html"
	RESTAPIQuotasPage = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
	RESTAPIAuthPage   = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html"
	ALBTargetPage     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"
	HTTPAPICORSPage   = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"
	EventScalingPage  = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"
	AsyncPage         = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"
	ImageConfigPage   = "https://docs.aws.amazon.com/lambda/latest/api/API_ImageConfig.html"
	IAMQuotasPage     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
)

// What one function or one HTTP API can be: QuotasPage and HTTPAPIQuotasPage.
const (
	MinMemoryMB        = 128
	MaxMemoryMB        = 10240
	NewAccountMemoryMB = 3008 // the largest in an account until AWS raises it
	MemoryMBForOneVCPU = 1769 // CPU grows linearly with memory
	MaxTimeoutSeconds  = 900
	// MaxRouteTimeoutSeconds is an HTTP API's limit for one integration. It cannot be raised.
	MaxRouteTimeoutSeconds = 30
	// RESTAPITimeoutSeconds is a REST API's limit for one integration. A regional API's can
	// be raised: RESTAPIQuotasPage.
	RESTAPITimeoutSeconds = 29
	// MaxALBPayloadBytes is what a load balancer passes to a function and back: ALBTargetPage.
	MaxALBPayloadBytes = 1_000_000
	MaxRoutes          = 300
	MaxAuthorizers     = 10
	MaxAudiences       = 50 // of one JWT authorizer
	// RuntimePort is the port of Lambda's runtime API, and InsightsPort that of Lambda
	// Insights' extension; a function's user cannot bind a port below FirstPort.
	RuntimePort  = 9001
	InsightsPort = 3000
	FirstPort    = 1024
	// RegistryLimit names what refuses an image outside of ECR: ImagesPage.
	RegistryLimit = "image"
	// MaxImageConfigWords bounds the entry point and the command of an image: ImageConfigPage.
	MaxImageConfigWords = 1500
	// MaxEnvironmentBytes bounds all variables of one function together.
	MaxEnvironmentBytes = 4096
	// MaxZipBytes bounds a zip that is uploaded directly, MaxUnzippedBytes its unpacked size
	// with its layers.
	MaxZipBytes      = 50 << 20
	MaxUnzippedBytes = 250 << 20
	// MaxRolePolicyBytes bounds the total size of a role's inline policies, without white
	// space: IAMQuotasPage.
	MaxRolePolicyBytes = 10240
)

// The range of maximumConcurrency of a queue's event source mapping: EventScalingPage.
const (
	MinMaximumConcurrency = 2
	MaxMaximumConcurrency = 1000
)

// MaxAttempts is how often Lambda tries an asynchronous event in all: AsyncPage.
const MaxAttempts = 3

// Pollers is how many receives an event source mapping has open on a queue with few
// messages. Lambda goes down to 2 only without a maximumConcurrency, which each of ours
// has: EventScalingPage.
const Pollers = 5

// How an event source mapping's invocations at once grow while messages wait: EventScalingPage.
const (
	MappingPerMinute      = 300
	MaxMappingConcurrency = 1250
)

// What one invocation can carry, and how long its environment may take to start:
// QuotasPage and StartPage.
const (
	MaxPayloadBytes = 6_000_000 // of a request, and of a response
	// MaxEventBytes is the same as the quota is enforced: 6 MiB.
	MaxEventBytes = 6 << 20
	// MaxBinaryPayloadBytes is the largest binary body, which is encoded as base64.
	MaxBinaryPayloadBytes = 4_500_000
	// MaxStart is how long an environment may initialize before it is started again.
	MaxStart = 10 * time.Second
)

// An account's default quotas in a region: QuotasPage,
// docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html and
// docs.aws.amazon.com/apigateway/latest/developerguide/limits.html.
const (
	AccountConcurrency    = 1000
	UnreservedConcurrency = 100 // must be left for functions that reserve none
	// RequestsPerConcurrency is how many requests a second each unit of concurrency allows.
	RequestsPerConcurrency = 10
	// ScalingBurst is how many environments a function may add in 10 s, modelled as a token
	// bucket of that size that refills at ScalingPerSecond.
	ScalingBurst     = 1000
	ScalingPerSecond = 100
	HTTPAPIPerSecond = 10_000
	HTTPAPIBurst     = 5000
)

// The throttling of each route in the emitted stack, unless its settings throttleRate and
// throttleBurst change it: a tenth of the account's quota.
const (
	RoutePerSecond = HTTPAPIPerSecond / 10
	RouteBurst     = HTTPAPIBurst / 10
)

// The codes of both quotas, for requesting an increase: docs.aws.amazon.com/servicequotas.
const (
	ConcurrencyQuota = "L-B99A9384" // of the service lambda
	APIRateQuota     = "L-8A5B8E43" // of the service apigateway
	APITimeoutQuota  = "L-E5AE38E3" // of the same, in milliseconds
)

// UsualKeepAlive is how long an idle environment lives, as measured in 2021 (5 to 7
// minutes). AWS documents no figure.
const UsualKeepAlive = 6 * time.Minute

// The number of CloudWatch alarms on each function (errors, throttles, duration), and on the
// API that all share (5xx).
const (
	AlarmsOfService = 3
	// AlarmsOfSchedule is of the runs that failed for good.
	AlarmsOfSchedule = 1
	AlarmsOfAPI      = 1
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

// outputBytes is what the name of a bucket or the URL of a queue is counted with: AWS
// makes both up.
const outputBytes = 160

// addressBytes is what the URL of the API is counted with: AWS chooses it.
const addressBytes = 80

// invokeBytes is what the right to invoke a route is counted with, beside its key: the API's
// ARN with the longest region, and its stage.
const invokeBytes = 80

// rolePolicyBytes is what every role's policy is counted with, beside its
// secrets and the spec's own statements.
const rolePolicyBytes = 1024

// grantBytes is what a statement about data is counted with: the ARN has a name that
// AWS makes up.
const grantBytes = 300
