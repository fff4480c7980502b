package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// pricesFacts are what app.yaml says of the prices service.
var pricesFacts = facts{
	service:        "prices",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/quotes:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployPricesService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployPricesService(ctx *pulumi.Context, s *stack) error {
	f := s.services.prices
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("CACHE_HOST", s.data.CacheValkey.Host),
		located("CACHE_PORT", s.data.CacheValkey.Port),
		located("SESSIONS_HOST", s.data.SessionsValkey.Host),
		located("SESSIONS_PORT", s.data.SessionsValkey.Port),
	)
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
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
