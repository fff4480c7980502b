package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:        "web",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "across",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
	f.environment = append(f.environment,
		variable("SEARCH_URL", s.services.search.address()),
	)
	f.environment = append(f.environment,
		variable("BILLING_URL", s.apiURL()), // billing answers there, on Lambda
	)
	f.permissions = append(f.permissions,
		s.mayInvoke("POST/charges", "GET/charges/*", "*/refunds/*"), // of billing
	)
	role, policy, err := newAccountRole(ctx, s, f)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, withRole(f, s.arnOf(role)))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]), pulumi.DependsOn([]pulumi.Resource{policy}))
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
