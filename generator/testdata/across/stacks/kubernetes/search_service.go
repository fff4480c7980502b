package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// searchFacts are what app.yaml says of the search service, which no other target has.
var searchFacts = facts{
	service:        "search",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 120,
	startSeconds:   60,
	user:           65532,
	namespace:      "across",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	ingress: ingress{
		class: "alb",
		host:  "search.example.com",
		annotations: pulumi.StringMap{
			"alb.ingress.kubernetes.io/healthcheck-path":         pulumi.String("/healthz"),
			"alb.ingress.kubernetes.io/listen-ports":             pulumi.String("[{\"HTTPS\":443}]"), // with the certificate that ACM has for the host
			"alb.ingress.kubernetes.io/load-balancer-attributes": pulumi.String("idle_timeout.timeout_seconds=120"),
			"alb.ingress.kubernetes.io/scheme":                   pulumi.String("internal"),
			"alb.ingress.kubernetes.io/target-type":              pulumi.String("ip"), // the Service has no port on the nodes
		},
		paths: []ingressPath{
			{"Exact", "/search"}, // GET /search
		},
	},
}

// deploySearchService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySearchService(ctx *pulumi.Context, s *stack) error {
	f := s.services.search
	f.environment = append(f.environment,
		variable("RATES_URL", s.apiURL()), // rates answers there, on Lambda
	)
	callers := []facts{s.services.web}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	s.before(callers, deployment, service)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newIngress(ctx, s, f, service),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
