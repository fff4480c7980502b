package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// resizeFacts are what app.yaml says of the resize service.
var resizeFacts = facts{
	service:          "resize",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   60,
	logRetentionDays: 30,
	events:           events{batch: 1, most: 100},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/events"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployResizeService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployResizeService(ctx *pulumi.Context, s *stack) error {
	f := s.services.resize
	f.paused = !s.active
	as, err := newRole(ctx, s, f,
		allow(actions{"s3:GetObject"}, s.data.PhotosBucket.Objects("")),
		allow(actions{"s3:ListBucket"}, s.data.PhotosBucket.ARN),
		allow(actions{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.ThumbnailsBucket.Objects("")),
		allow(actions{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, s.data.ResizeUploadsQueue.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"PHOTOS_BUCKET":     s.data.PhotosBucket.Name,
		"THUMBNAILS_BUCKET": s.data.ThumbnailsBucket.Name,
	})
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newEventSource(ctx, s, f, live, s.data.ResizeUploadsQueue, bucketEvents)
}
