package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// loadTestFacts are what app.yaml says of the load-test service.
var loadTestFacts = facts{
	service:        "load-test",
	image:          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/load-test:2.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 2, max: 4, metric: utilization{"memory", 80}},
	environment: corev1.EnvVarArray{
		variable("BACKTICK", "a`b"),
		variable("BRACES", "{{.App}} ${HOME} %s %d"),
		fromSecret("DATABASE_PASSWORD", "many-database", "password"),
		fromSecret("DATABASE_URL", "many-database", "url"),
		variable("DOLLARS", "^$(TOKEN)$ $$ROOT"),
		variable("LINES", "one\ntwo\ttabbed"),
		variable("QUOTES", "\"; panic(\"no\") //"),
		variable("RIGHT_TO_LEFT", "\u202egnp.exe\u200f"),
		fromSecret("TOKEN", "3rd.party", "token.v1"),
	},
}

// deployLoadTestService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployLoadTestService(ctx *pulumi.Context, s *stack) error {
	f := s.services.loadTest
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod))
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
