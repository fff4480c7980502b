package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// statusFacts are what app.yaml says of the status service.
var statusFacts = facts{
	service:        "status",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/moving:1",
	port:           8080,
	healthPath:     "/status",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "moving",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	ingress: ingress{
		class:     "nginx",
		host:      "status.example.com",
		ownHost:   "kubernetes.status.example.com", // where this target alone answers
		tlsSecret: "status-tls",                    // exists already
		annotations: pulumi.StringMap{
			"external-dns.alpha.kubernetes.io/controller":    pulumi.String("none"), // the hosts' records are the traffic stack's
			"external-dns.kubernetes.io/controller":          pulumi.String("none"), // the hosts' records are the traffic stack's
			"nginx.ingress.kubernetes.io/proxy-body-size":    pulumi.String("10m"),  // nginx refuses more than 1m by default
			"nginx.ingress.kubernetes.io/proxy-read-timeout": pulumi.String("10"),
			"nginx.ingress.kubernetes.io/proxy-send-timeout": pulumi.String("10"),
		},
		paths: []ingressPath{
			{"Exact", "/status"}, // GET /status
		},
	},
}

// deployStatusService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployStatusService(ctx *pulumi.Context, s *stack) error {
	f := s.services.status
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
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newIngress(ctx, s, f, service),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
