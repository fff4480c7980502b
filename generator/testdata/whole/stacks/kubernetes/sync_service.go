package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// syncFacts are what app.yaml says of the sync service, which no other target has.
var syncFacts = facts{
	service:        "sync",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	user:           65532,
	namespace:      "bazaar",
	scale:          scale{min: 1, max: 1, metric: utilization{"cpu", 70}},
	worker:         true,
}

// deploySyncService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySyncService(ctx *pulumi.Context, s *stack) error {
	f := s.services.sync
	f.environment = append(f.environment,
		variable("SEARCH_URL", s.services.search.address()),
	)
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("CACHE_HOST", s.data.CacheValkey.Host),
		located("CACHE_PORT", s.data.CacheValkey.Port),
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
