package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// stockFacts are what app.yaml says of the stock service, which no other target has.
var stockFacts = facts{
	service:        "stock",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/across:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "across",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	environment: corev1.EnvVarArray{
		variable("JWT_AUDIENCE", "across"),
		variable("JWT_ISSUER", "https://login.example.com"),
	},
	ingress: ingress{
		class:     "nginx",
		host:      "stock.example.com",
		tlsSecret: "stock-tls", // exists already
		annotations: pulumi.StringMap{
			"nginx.ingress.kubernetes.io/proxy-body-size":    pulumi.String("10m"), // nginx refuses more than 1m by default
			"nginx.ingress.kubernetes.io/proxy-read-timeout": pulumi.String("10"),
			"nginx.ingress.kubernetes.io/proxy-send-timeout": pulumi.String("10"),
		},
		paths: []ingressPath{
			{"Exact", "/stock"}, // GET /stock
		},
	},
}

// deployStockService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployStockService(ctx *pulumi.Context, s *stack) error {
	f := s.services.stock
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
