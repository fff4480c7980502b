package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// paymentsFacts are what app.yaml says of the payments service.
var paymentsFacts = facts{
	service:        "payments",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "bazaar",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployPaymentsService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployPaymentsService(ctx *pulumi.Context, s *stack) error {
	f := s.services.payments
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("INVOICES_QUEUE_URL", s.data.InvoicesQueue.URL),
		located("LEDGER_HOST", s.data.LedgerPostgres.Host),
		located("LEDGER_NAME", s.data.LedgerPostgres.Name),
		located("LEDGER_PORT", s.data.LedgerPostgres.Port),
		located("LEDGER_SECRET", s.data.LedgerPostgres.Secret),
	)
	f.rights = pulumi.Array{
		grant([]string{"sqs:SendMessage"}, s.data.InvoicesQueue.ARN),
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
	}
	callers := []facts{s.services.shop}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	identity, err := newPodIdentity(ctx, s, f, account)
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn([]pulumi.Resource{identity}))
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
