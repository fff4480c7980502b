package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ledgerFacts are what app.yaml says of the ledger service.
var ledgerFacts = facts{
	service:        "ledger",
	image:          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/inside/ledger:1.0.0",
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

// deployLedgerService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployLedgerService(ctx *pulumi.Context, s *stack) error {
	f := s.services.ledger
	f.environment = append(f.environment,
		variable("BILLING_URL", s.services.billing.address()),
	)
	callers := []facts{s.services.web}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	container.Args = words("serve", "--currency=$(CURRENCY)") // instead of the image's own
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]))
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
