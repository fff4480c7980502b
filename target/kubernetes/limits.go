package kubernetes

import "time"

// The pages that document what Kubernetes can and cannot do.
const (
	AutoscalingPage   = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
	DeploymentPage    = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
	FargatePage       = "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html"
	ProbesPage        = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"
	IngressPage       = "https://kubernetes.io/docs/concepts/services-networking/ingress/"
	GatewayPage       = "https://gateway-api.sigs.k8s.io/reference/spec/"
	NetworkPolicyPage = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
	IdentityPage      = "https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html"
	// SecurityPolicyPage is Envoy Gateway's.
	SecurityPolicyPage = "https://gateway.envoyproxy.io/docs/api/extension_types/#jwtprovider"
	NodesPage          = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
	NginxPage          = "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/"
	ALBIngressPage     = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/"
	ALBPage            = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"
	CronJobPage        = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
)

// Documented limits of Ingresses and HTTPRoutes.
const (
	// MaxRulesPerRoute and MaxMatchesPerRule are the limits of every HTTPRoute of v1; later
	// releases allow more: GatewayPage.
	MaxRulesPerRoute  = 16
	MaxMatchesPerRule = 8
	// MaxCORSValues bounds the origins, and the headers, of an HTTPRoute's CORS filter.
	MaxCORSValues = 64
	// MaxAudiences and MaxIssuer, in characters, bound a token check by Envoy Gateway:
	// SecurityPolicyPage.
	MaxAudiences = 8
	MaxIssuer    = 253
	// UsualALBSeconds is an Application Load Balancer's default idle timeout. It can be set for
	// the whole load balancer, to at most 4000: ALBPage.
	UsualALBSeconds = 60
	// browserMaxAgeSeconds is how long browsers remember a preflight's answer that
	// does not say. Source: fetch.spec.whatwg.org/#http-access-control-max-age.
	browserMaxAgeSeconds = 5
)

// Values that are the same for every service in the stack.
const (
	// StartupProbe is the time between two startup probes, and StartupLimit the time that they
	// allow an app to start.
	StartupProbe = 2 * time.Second
	StartupLimit = time.Minute
	// Drain is how long a stopping pod keeps serving.
	Drain = 10 * time.Second
	// AutoscalerSync is the time between two checks of a HorizontalPodAutoscaler.
	AutoscalerSync = 15 * time.Second
	// DeliveryMilliCPU and DeliveryMemoryMiB are what the delivery container requests: our
	// choice.
	DeliveryMilliCPU  = 50
	DeliveryMemoryMiB = 128
	// PostMilliCPU and PostMemoryMiB are what the container requests that posts a run: likewise.
	PostMilliCPU  = 10
	PostMemoryMiB = 32
	// KEDAPoll is the time between two checks while there is no pod, and KEDACooldown the time
	// without a request before the last pods are removed.
	KEDAPoll     = 30 * time.Second
	KEDACooldown = 5 * time.Minute
)
