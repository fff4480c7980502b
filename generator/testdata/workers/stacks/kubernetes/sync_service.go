package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// syncFacts are what app.yaml says of the sync service.
var syncFacts = facts{
	service:        "sync",
	image:          "registry.example.com/feeds:2.0.0",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 120,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 1, metric: utilization{"cpu", 70}},
	environment: corev1.EnvVarArray{
		fromSecret("TOKEN", "feeds-sync", "token"),
	},
	worker: true,
}

// deploySyncService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySyncService(ctx *pulumi.Context, s *stack) error {
	f := s.services.sync
	f.environment = append(f.environment,
		variable("API_URL", s.services.api.address()),
	)
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	container.Command = words("/app", "sync") // instead of the image's entry point
	pod := podOf(f, account, container)
	withoutCalls(f, pod, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
