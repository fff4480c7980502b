package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// resizeFacts are what app.yaml says of the resize service.
var resizeFacts = facts{
	service:        "resize",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 60,
	startSeconds:   60,
	user:           65532,
	namespace:      "bazaar",
	scale:          scale{min: 0, max: 10},
	queue:          "resize-uploads",
	graceSeconds:   80,
	delivery:       delivery{path: "/events", messages: 10, atOnce: 10, shutdownSeconds: 70, testEvents: true},
	backlog:        10,
}

// deployResizeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployResizeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.resize
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("PHOTOS_BUCKET", s.data.PhotosBucket.Name),
		located("THUMBNAILS_BUCKET", s.data.ThumbnailsBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"s3:GetObject"}, s.data.PhotosBucket.Objects("")),
		grant([]string{"s3:ListBucket"}, s.data.PhotosBucket.ARN),
		grant([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.ThumbnailsBucket.Objects("")),
		grant([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, s.data.ResizeUploadsQueue.ARN),
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
	deliver(s, f, work, pod, container, s.data.ResizeUploadsQueue, config)
	deployment, err := newDeployment(ctx, f, work, pulumi.DependsOn([]pulumi.Resource{identity}))
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newQueueScaler(ctx, s, f, deployment, s.data.ResizeUploadsQueue),
	)
}
