package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// settleFacts are what app.yaml says of the settle service, which no other target has.
var settleFacts = facts{
	service:        "settle",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "across",
	schedule: schedule{
		cron:            "15 * * * *",
		timeZone:        "UTC",
		input:           `null`,
		path:            "/events",
		attempts:        3,
		overlap:         "Allow",
		deadlineSeconds: 690,
		graceSeconds:    30,
	},
}

// deploySettleService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySettleService(ctx *pulumi.Context, s *stack) error {
	f := s.services.settle
	f.environment = append(f.environment,
		variable("BILLING_URL", s.apiURL()), // billing answers there, on Lambda
		variable("RATES_URL", s.apiURL()),   // rates answers there, on Lambda
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
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container), pulumi.DependsOn([]pulumi.Resource{policy})),
	)
}
