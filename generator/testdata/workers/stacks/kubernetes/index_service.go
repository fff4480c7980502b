package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// indexFacts are what app.yaml says of the index service.
var indexFacts = facts{
	service:        "index",
	image:          "registry.example.com/feeds:2.0.0",
	port:           9090,
	healthPath:     "/ready",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   180,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 2, max: 6, metric: utilization{"memory", 80}},
	worker:         true,
}

// deployIndexService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployIndexService(ctx *pulumi.Context, s *stack) error {
	f := s.services.index
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	container.Args = words("index", "--shard=$(SHARD)") // instead of the image's own
	pod := podOf(f, account, container)
	withoutCalls(f, pod, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
