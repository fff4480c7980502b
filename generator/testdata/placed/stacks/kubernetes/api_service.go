package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:        "api",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/placed:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "placed",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("JOBS_QUEUE_URL", s.data.JobsQueue.URL),
		located("MAILS_QUEUE_URL", s.data.MailsQueue.URL),
		located("SCANS_QUEUE_URL", s.data.ScansQueue.URL),
	)
	f.rights = pulumi.Array{
		grant([]string{"sqs:SendMessage"}, s.data.JobsQueue.ARN),
		grant([]string{"sqs:SendMessage"}, s.data.MailsQueue.ARN),
		grant([]string{"sqs:SendMessage"}, s.data.ScansQueue.ARN),
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
