package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// scanFacts are what app.yaml says of the scan service, which no other target has.
var scanFacts = facts{
	service:        "scan",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/placed:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 1200,
	startSeconds:   60,
	user:           65532,
	namespace:      "placed",
	scale:          scale{min: 0, max: 10},
	queue:          "scans",
	graceSeconds:   1220,
	delivery:       delivery{path: "/events", messages: 10, atOnce: 10, shutdownSeconds: 1210},
	backlog:        10,
}

// deployScanService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployScanService(ctx *pulumi.Context, s *stack) error {
	f := s.services.scan
	f.rights = pulumi.Array{
		grant([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, s.data.ScansQueue.ARN),
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
	withoutRequests(f, pod, container)
	work := workOf(f, pod)
	config, err := newDeliveryConfig(ctx, f)
	if err != nil {
		return err
	}
	deliver(s, f, work, pod, container, s.data.ScansQueue, config)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn([]pulumi.Resource{identity}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newQueueScaler(ctx, s, f, deployment, s.data.ScansQueue),
	)
}
