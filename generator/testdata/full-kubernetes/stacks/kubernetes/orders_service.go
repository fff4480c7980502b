package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ordersFacts are what app.yaml says of the orders service.
var ordersFacts = facts{
	service:        "orders",
	image:          "registry.example.com/shop/orders:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "orders",
	scale:          scale{min: 0, max: 5},
	permissions: []statement{ // in AWS
		allow([]string{"dynamodb:PutItem", "dynamodb:Query"}, "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
	},
	trigger: trigger{
		prometheus: "http://prometheus.monitoring.svc:9090",
		query:      "sum(rate(requests_total{service=\"orders\"}[2m]))",
		threshold:  "1.5", // requests a second for each pod
	},
}

// deployOrdersService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployOrdersService(ctx *pulumi.Context, s *stack) error {
	f := s.services.orders
	role, policy, err := newAccountRole(ctx, s, f)
	if err != nil {
		return err
	}
	callers := []facts{s.services.reports, s.services.web}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, withRole(f, s.arnOf(role)))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	s.before(callers, deployment, service)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromPrometheus()), pulumi.DependsOn(admitted)),
		newDisruptionBudget(ctx, f),
		newServiceMonitor(ctx, f, "/internal/metrics"),
		newScaledObject(ctx, f, deployment),
	)
}
