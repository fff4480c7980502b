package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// shelvesFacts are what app.yaml says of the shelves service.
var shelvesFacts = facts{
	service:        "shelves",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/books:1.4.2",
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

// deployShelvesService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployShelvesService(ctx *pulumi.Context, s *stack) error {
	f := s.services.shelves
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("ARCHIVE_HOST", s.data.ArchivePostgres.Host),
		located("ARCHIVE_NAME", s.data.ArchivePostgres.Name),
		located("ARCHIVE_PORT", s.data.ArchivePostgres.Port),
		located("ARCHIVE_SECRET", s.data.ArchivePostgres.Secret),
		located("LEDGER_HOST", s.data.LedgerPostgres.Host),
		located("LEDGER_NAME", s.data.LedgerPostgres.Name),
		located("LEDGER_PORT", s.data.LedgerPostgres.Port),
		located("LEDGER_SECRET", s.data.LedgerPostgres.Secret),
		located("READING_HOST", s.data.ReadingPostgres.Host),
		located("READING_NAME", s.data.ReadingPostgres.Name),
		located("READING_PORT", s.data.ReadingPostgres.Port),
		located("READING_SECRET", s.data.ReadingPostgres.Secret),
	)
	f.rights = pulumi.Array{
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.ArchivePostgres.Secret),
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.ReadingPostgres.Secret),
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
	if _, err = newService(ctx, f); err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromPods())),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
