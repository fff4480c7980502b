package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:        "api",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	permissions: []statement{ // in AWS
		allow([]string{"ses:SendEmail"}, "arn:aws:ses:us-east-1:123456789012:identity/example.com"),
	},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("JOBS_QUEUE_URL", s.data.JobsQueue.URL),
		located("ORIGINALS_BUCKET", s.data.OriginalsBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"sqs:SendMessage"}, s.data.JobsQueue.ARN),
		grant([]string{"s3:GetObject"}, s.data.OriginalsBucket.Objects("incoming/")),
		listing(grant([]string{"s3:ListBucket"}, s.data.OriginalsBucket.ARN), "incoming/"),
		grant([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.OriginalsBucket.Objects("incoming/")),
	}
	callers := []facts{s.services.report}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
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
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	s.before(callers, deployment, service)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f), pulumi.DependsOn(admitted)),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
