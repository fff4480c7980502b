package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// importFacts are what app.yaml says of the import service.
var importFacts = facts{
	service:        "import",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 60}},
	queue:          "legacy",
	graceSeconds:   30,
	delivery:       delivery{path: "/events", messages: 10, atOnce: 10, shutdownSeconds: 20},
}

// deployImportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployImportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.importService
	f.rights = pulumi.Array{
		grant([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, s.data.LegacyQueue.ARN),
	}
	role, policy, err := newAccountRole(ctx, s, f)
	if err != nil {
		return err
	}
	f.paused = !s.active
	account, err := newAccount(ctx, f, withRole(f, s.arnOf(role)))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	withoutRequests(f, pod, container)
	work := workOf(f, pod)
	config, err := newDeliveryConfig(ctx, f)
	if err != nil {
		return err
	}
	deliver(s, f, work, pod, container, s.data.LegacyQueue, config)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
