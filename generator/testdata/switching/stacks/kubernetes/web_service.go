package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:        "web",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/moving:1",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "moving",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	ingress: ingress{
		class:   "alb",
		host:    "shop.example.com",
		ownHost: "kubernetes.shop.example.com", // where this target alone answers
		annotations: pulumi.StringMap{
			"alb.ingress.kubernetes.io/group.name":               pulumi.String("moving"), // the Ingresses of a group share one load balancer
			"alb.ingress.kubernetes.io/group.order":              pulumi.String("997"),    // the paths of a lower one come first, whatever their length
			"alb.ingress.kubernetes.io/healthcheck-path":         pulumi.String("/healthz"),
			"alb.ingress.kubernetes.io/listen-ports":             pulumi.String("[{\"HTTPS\":443}]"), // with the certificate that ACM has for the host
			"alb.ingress.kubernetes.io/load-balancer-attributes": pulumi.String("idle_timeout.timeout_seconds=10"),
			"alb.ingress.kubernetes.io/scheme":                   pulumi.String("internet-facing"),
			"alb.ingress.kubernetes.io/target-type":              pulumi.String("ip"),   // the Service has no port on the nodes
			"external-dns.alpha.kubernetes.io/controller":        pulumi.String("none"), // the hosts' records are the traffic stack's
			"external-dns.kubernetes.io/controller":              pulumi.String("none"), // the hosts' records are the traffic stack's
		},
		paths: []ingressPath{
			{"Prefix", "/web"}, // GET /web/{path+}
		},
	},
}

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
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
