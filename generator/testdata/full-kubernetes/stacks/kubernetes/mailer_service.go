package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mailerFacts are what app.yaml says of the mailer service.
var mailerFacts = facts{
	service:        "mailer",
	image:          "registry.example.com/shop/mailer:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "shop",
	scale:          scale{min: 1, max: 3, metric: utilization{"cpu", 70}},
}

// deployMailerService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployMailerService(ctx *pulumi.Context, s *stack) error {
	f := s.services.mailer
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
	if _, err = newService(ctx, f); err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromPods())),
		newDisruptionBudget(ctx, f),
		newServiceMonitor(ctx, f, "/metrics"),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
