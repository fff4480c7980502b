package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:        "web",
	image:          "registry.example.com/library:3.1.0",
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

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
	f.environment = append(f.environment,
		variable("SEARCH_URL", s.services.search.address()),
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
	if _, err = newService(ctx, f); err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromPods())),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
