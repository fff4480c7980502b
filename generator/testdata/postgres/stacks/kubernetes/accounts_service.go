package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// accountsFacts are what app.yaml says of the accounts service.
var accountsFacts = facts{
	service:        "accounts",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/books:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 20, metric: utilization{"cpu", 70}},
}

// deployAccountsService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAccountsService(ctx *pulumi.Context, s *stack) error {
	f := s.services.accounts
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("LEDGER_HOST", s.data.LedgerPostgres.Host),
		located("LEDGER_NAME", s.data.LedgerPostgres.Name),
		located("LEDGER_PORT", s.data.LedgerPostgres.Port),
		located("LEDGER_SECRET", s.data.LedgerPostgres.Secret),
	)
	f.rights = pulumi.Array{
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
	}
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
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn([]pulumi.Resource{policy}))
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
