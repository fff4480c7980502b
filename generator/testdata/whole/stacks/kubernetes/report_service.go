package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:        "report",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "bazaar",
	schedule: schedule{
		cron:            "15 4 * * *",
		timeZone:        "Europe/Berlin",
		input:           `{"kind":"daily"}`,
		path:            "/events",
		attempts:        2,
		overlap:         "Forbid",
		deadlineSeconds: 450,
		graceSeconds:    30,
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("LEDGER_HOST", s.data.LedgerPostgres.Host),
		located("LEDGER_NAME", s.data.LedgerPostgres.Name),
		located("LEDGER_PORT", s.data.LedgerPostgres.Port),
		located("LEDGER_SECRET", s.data.LedgerPostgres.Secret),
		located("REPORTS_HOST", s.data.ReportsPostgres.Host),
		located("REPORTS_NAME", s.data.ReportsPostgres.Name),
		located("REPORTS_PORT", s.data.ReportsPostgres.Port),
		located("REPORTS_SECRET", s.data.ReportsPostgres.Secret),
	)
	f.rights = pulumi.Array{
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.ReportsPostgres.Secret),
	}
	f.paused = !s.active
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
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container), pulumi.DependsOn([]pulumi.Resource{identity})),
	)
}
