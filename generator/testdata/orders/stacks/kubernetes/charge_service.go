package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// chargeFacts are what app.yaml says of the charge service.
var chargeFacts = facts{
	service:        "charge",
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
	queue:          "payments",
	graceSeconds:   30,
	delivery:       delivery{path: "/events", messages: 1, atOnce: 4, shutdownSeconds: 20},
	backlog:        10,
}

// deployChargeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployChargeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.charge
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("ARCHIVE_BUCKET", s.data.ArchiveBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.ArchiveBucket.Objects("")),
		grant([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, s.data.PaymentsQueue.ARN),
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
	config, err := newDeliveryConfig(ctx, f)
	if err != nil {
		return err
	}
	deliver(s, f, work, pod, container, s.data.PaymentsQueue, config)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newQueueScaler(ctx, s, f, deployment, s.data.PaymentsQueue),
	)
}
