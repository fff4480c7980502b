package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportsFacts are what app.yaml says of the reports service.
var reportsFacts = facts{
	service:        "reports",
	image:          "registry.example.com/shop/reports:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 90,
	startSeconds:   60,
	user:           65532,
	namespace:      "shop",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	ingress: ingress{
		class: "alb",
		host:  "reports.example.com",
		annotations: pulumi.StringMap{
			"alb.ingress.kubernetes.io/group.name":               pulumi.String("shop"), // the Ingresses of a group share one load balancer
			"alb.ingress.kubernetes.io/group.order":              pulumi.String("993"),  // the paths of a lower one come first, whatever their length
			"alb.ingress.kubernetes.io/healthcheck-path":         pulumi.String("/healthz"),
			"alb.ingress.kubernetes.io/listen-ports":             pulumi.String("[{\"HTTPS\":443}]"), // with the certificate that ACM has for the host
			"alb.ingress.kubernetes.io/load-balancer-attributes": pulumi.String("idle_timeout.timeout_seconds=90"),
			"alb.ingress.kubernetes.io/scheme":                   pulumi.String("internet-facing"),
			"alb.ingress.kubernetes.io/target-type":              pulumi.String("ip"), // the Service has no port on the nodes
		},
		paths: []ingressPath{
			{"Prefix", "/reports"}, // GET /reports/{year}
		},
	},
}

// deployReportsService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployReportsService(ctx *pulumi.Context, s *stack) error {
	f := s.services.reports
	f.environment = append(f.environment,
		variable("ORDERS_URL", s.services.orders.address()),
	)
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newIngress(ctx, s, f, service),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
