package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// bookFacts are what app.yaml says of the book service.
var bookFacts = facts{
	service:        "book",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 0, max: 10},
	queue:          "ledger",
	graceSeconds:   30,
	backlog:        10,
}

// deployBookService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployBookService(ctx *pulumi.Context, s *stack) error {
	f := s.services.book
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("LEDGER_QUEUE_URL", s.data.LedgerQueue.URL),
	)
	f.rights = pulumi.Array{
		grant([]string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, s.data.LedgerQueue.ARN),
	}
	role, policy, err := newAccountRole(ctx, s, f)
	if err != nil {
		return err
	}
	f.paused = !s.active
	account, err := newAccount(ctx, f, withRole(f, s.arnOf(role)))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	withoutRequests(f, pod, container)
	work := workOf(f, pod)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newQueueScaler(ctx, s, f, deployment, s.data.LedgerQueue),
	)
}
