package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// searchFacts are what app.yaml says of the search service, which no other target has.
var searchFacts = facts{
	service:        "search",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/placed:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 120,
	startSeconds:   60,
	user:           65532,
	namespace:      "placed",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deploySearchService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySearchService(ctx *pulumi.Context, s *stack) error {
	f := s.services.search
	callers := []facts{s.services.index}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
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
		newNetworkPolicy(ctx, f, networkPolicyOf(f), pulumi.DependsOn(admitted)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
