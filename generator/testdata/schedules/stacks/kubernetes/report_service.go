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
	memoryMiB:      512,
	timeoutSeconds: 300,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	environment: corev1.EnvVarArray{
		variable("LOG_LEVEL", "info"),
	},
	permissions: []statement{ // in AWS
		allow([]string{"ses:SendEmail"}, "arn:aws:ses:us-east-1:123456789012:identity/example.com"),
	},
	schedule: schedule{
		cron:            "0 6 * * MON-FRI",
		timeZone:        "Europe/Berlin",
		input:           `{"kind":"daily"}`,
		path:            "/reports",
		attempts:        2,
		overlap:         "Forbid",
		deadlineSeconds: 1030,
		graceSeconds:    30,
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.environment = append(f.environment,
		variable("API_URL", s.services.api.address()),
	)
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
	container.Command = words("/app", "report") // instead of the image's entry point
	pod := podOf(f, account, container)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newCronJob(ctx, f, cronJobOf(s, f, pod, container), pulumi.DependsOn(s.needed[f.service]), pulumi.DependsOn([]pulumi.Resource{identity})),
	)
}
