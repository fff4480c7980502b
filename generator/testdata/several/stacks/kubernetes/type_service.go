package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// typeFacts are what app.yaml says of the type service.
var typeFacts = facts{
	service:        "type",
	image:          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/type:2.0.0",
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

// deployTypeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployTypeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.typeService
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	container.Command = words("/bin/type-server") // instead of the image's entry point
	container.Args = words(
		"--token=$(TOKEN)",
		"$$",
		"it's `quoted` \"twice\"",
		"two\nlines",
		"",
		"{{.App}} %s",
		"8080",
	) // instead of the image's own
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
