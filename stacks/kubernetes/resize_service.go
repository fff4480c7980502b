package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// resizeFacts are what app.yaml says of the resize service.
var resizeFacts = facts{
	service:        "resize",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "500m",
	memoryMiB:      512,
	timeoutSeconds: 30,
	startSeconds:   60,
	user:           65532,
	namespace:      "thumbs",
	scale:          scale{min: 0, max: 10},
	environment: corev1.EnvVarArray{
		variable("LOG_LEVEL", "info"),
		variable("REQUEST_TIMEOUT", "29s"),
	},
	queue:        "resize-uploads",
	graceSeconds: 50,
	delivery:     delivery{path: "/events", messages: 10, atOnce: 10, shutdownSeconds: 40, testEvents: true},
	backlog:      10,
}

// deployResizeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployResizeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.resize
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("ORIGINALS_BUCKET", s.data.OriginalsBucket.Name),
		located("THUMBNAILS_BUCKET", s.data.ThumbnailsBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"s3:GetObject"}, s.data.OriginalsBucket.Objects("")),
		grant([]string{"s3:ListBucket"}, s.data.OriginalsBucket.ARN),
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
