package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiLinuxFacts are what app.yaml says of the api-linux service.
var apiLinuxFacts = facts{
	service:        "api-linux",
	image:          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/api:2.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "100m",
	memoryMiB:      287,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	environment: corev1.EnvVarArray{
		fromSecret("DATABASE_URL", "many-database", "url"),
	},
}

// deployAPILinuxService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAPILinuxService(ctx *pulumi.Context, s *stack) error {
	f := s.services.apiLinux
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
