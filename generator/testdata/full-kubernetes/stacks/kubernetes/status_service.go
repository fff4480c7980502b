package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// statusFacts are what app.yaml says of the status service.
var statusFacts = facts{
	service:        "status",
	image:          "registry.example.com/shop/status:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	ingress: ingress{
		class: "traefik",
		paths: []ingressPath{
			{"Exact", "/status"}, // ANY /status
		},
	},
}

// deployStatusService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployStatusService(ctx *pulumi.Context, s *stack) error {
	f := s.services.status
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
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newIngress(ctx, s, f, service),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
