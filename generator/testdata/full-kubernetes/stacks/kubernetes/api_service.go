package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:        "api",
	image:          "registry.example.com/shop/api:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "shop",
	scale:          scale{min: 1, max: 30, metric: average{"http_requests_per_second", "100"}},
	permissions: []statement{ // in AWS
		allow([]string{"s3:GetObject", "s3:PutObject"}, "arn:aws:s3:::shop-files/*"),
		// Why not less: CloudWatch has no resources to name
		allow([]string{"cloudwatch:PutMetricData"}, "*"),
	},
	gateway: gateway{
		name:      "public",
		namespace: "gateways",
		host:      "api.example.com",
		requests: []requestMatch{
			{"GET", "Exact", "/orders"},          // GET /orders
			{"POST", "Exact", "/orders"},         // POST /orders
			{"GET", "PathPrefix", "/orders"},     // GET /orders/{id}
			{"", "PathPrefix", "/files"},         // ANY /files/{path+}
			{"OPTIONS", "Exact", "/orders"},      // preflight requests, which the CORS filter answers
			{"OPTIONS", "PathPrefix", "/orders"}, // preflight requests, which the CORS filter answers
		},
		cors: pulumi.Map{ // the other origins whose pages may call the service from a browser
			"allowOrigins":     pulumi.ToStringArray([]string{"*"}),
			"allowMethods":     pulumi.ToStringArray([]string{"GET", "POST"}),
			"allowCredentials": pulumi.Bool(false),
		},
	},
	tokens: tokenCheck{
		issuer:   "https://login.example.com",
		audience: []string{"admin", "shop"},
		keys:     "https://login.example.com/.well-known/jwks.json",
	},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	callers := []facts{s.services.web}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	identity, err := newPodIdentity(ctx, s, f, account)
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn([]pulumi.Resource{identity}))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	s.before(callers, deployment, service)
	tokenPolicy, err := newSecurityPolicy(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newHTTPRoute(ctx, f, service, pulumi.DependsOn([]pulumi.Resource{tokenPolicy})),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
