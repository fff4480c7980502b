package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:        "report",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 300,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 2, max: 10, metric: utilization{"cpu", 60}},
	queue:          "jobs",
	graceSeconds:   320,
	delivery:       delivery{path: "/jobs", messages: 10, atOnce: 10, shutdownSeconds: 310},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.environment = append(f.environment,
		variable("API_URL", s.services.api.address()),
	)
	f.rights = pulumi.Array{
		grant([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, s.data.JobsQueue.ARN),
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
	withoutRequests(f, pod, container)
	work := workOf(f, pod)
	config, err := newDeliveryConfig(ctx, f)
	if err != nil {
		return err
	}
	deliver(s, f, work, pod, container, s.data.JobsQueue, config)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn(s.needed[f.service]), pulumi.DependsOn([]pulumi.Resource{identity}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
