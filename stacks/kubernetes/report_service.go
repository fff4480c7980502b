package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:        "report",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      256,
	timeoutSeconds: 600,
	startSeconds:   60,
	user:           65532,
	namespace:      "thumbs",
	environment: corev1.EnvVarArray{
		variable("LOG_LEVEL", "info"),
		variable("REQUEST_TIMEOUT", "599s"),
	},
	schedule: schedule{
		cron:            "15 4 * * *",
		timeZone:        "UTC",
		input:           `null`,
		path:            "/reports",
		attempts:        2,
		overlap:         "Forbid",
		deadlineSeconds: 1630,
		graceSeconds:    30,
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("REPORTS_TABLE", s.data.ReportsTable.Name),
		located("THUMBNAILS_BUCKET", s.data.ThumbnailsBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.ReportsTable.ARN),
		grant([]string{"s3:GetObject"}, s.data.ThumbnailsBucket.Objects("")),
		grant([]string{"s3:ListBucket"}, s.data.ThumbnailsBucket.ARN),
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
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container), pulumi.DependsOn([]pulumi.Resource{identity})),
	)
}
