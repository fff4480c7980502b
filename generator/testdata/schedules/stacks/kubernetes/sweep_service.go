package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// sweepFacts are what app.yaml says of the sweep service.
var sweepFacts = facts{
	service:        "sweep",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	schedule: schedule{
		cron:            "30 2 * * *",
		timeZone:        "America/New_York",
		input:           `null`,
		path:            "/events",
		attempts:        3,
		overlap:         "Allow",
		deadlineSeconds: 690,
		graceSeconds:    30,
	},
}

// deploySweepService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySweepService(ctx *pulumi.Context, s *stack) error {
	f := s.services.sweep
	f.paused = !s.active
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
