package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// indexFacts are what app.yaml says of the index service, which no other target has.
var indexFacts = facts{
	service:        "index",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/placed:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "placed",
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

// deployIndexService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployIndexService(ctx *pulumi.Context, s *stack) error {
	f := s.services.index
	f.environment = append(f.environment,
		variable("SEARCH_URL", s.services.search.address()),
	)
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container), pulumi.DependsOn(s.needed[f.service])),
	)
}
