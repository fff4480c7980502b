package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// billingFacts are what app.yaml says of the billing service.
var billingFacts = facts{
	service:        "billing",
	image:          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/inside/billing:1.0.0",
	port:           80,
	healthPath:     "/ready",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   300,
	user:           1000,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployBillingService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployBillingService(ctx *pulumi.Context, s *stack) error {
	f := s.services.billing
	callers := []facts{s.services.ledger, s.services.web}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	security := restricted()
	security.ReadOnlyRootFilesystem = pulumi.Bool(false) // the app writes to files of its image
	container.SecurityContext = security
	pod := podOf(f, account, container)
	pod.NodeSelector = pulumi.StringMap{"kubernetes.io/arch": pulumi.String("arm64")} // the image is built for it
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
