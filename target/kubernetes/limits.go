package kubernetes

// Limits of what serves routes from outside, as documented.
const (
	// MaxRulesPerRoute and MaxMatchesPerRule are what every HTTPRoute of v1 takes;
	// later releases take more. Source: gateway-api.sigs.k8s.io/reference/spec.
	MaxRulesPerRoute  = 16
	MaxMatchesPerRule = 8
	// MaxCORSValues bounds the origins, and the headers, of an HTTPRoute's CORS filter.
	MaxCORSValues = 64
	// MaxALBSeconds is how long an Application Load Balancer waits for an answer
	// unless told otherwise, which is a setting of the whole load balancer.
	// Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html.
	MaxALBSeconds = 60
	// browserMaxAgeSeconds is how long browsers remember a preflight's answer that
	// does not say. Source: fetch.spec.whatwg.org/#http-access-control-max-age.
	browserMaxAgeSeconds = 5
)
