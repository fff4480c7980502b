package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tockFacts are what app.yaml says of the tock service, which no other target has.
var tockFacts = facts{
	service:        "tock",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/pinned:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "pinned",
	schedule: schedule{
		cron:            "0 5 * * *",
		timeZone:        "UTC",
		input:           `null`,
		path:            "/events",
		attempts:        3,
		overlap:         "Allow",
		deadlineSeconds: 690,
		graceSeconds:    30,
	},
}

// deployTockService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployTockService(ctx *pulumi.Context, s *stack) error {
	f := s.services.tock
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container)),
	)
}
