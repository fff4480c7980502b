package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// accountFacts are what app.yaml says of the account service.
var accountFacts = facts{
	service:        "account",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/moving:1",
	port:           8080,
	healthPath:     "/up",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "moving",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	gateway: gateway{
		name:      "public",
		namespace: "gateways",
		host:      "account.example.com",
		ownHost:   "kubernetes.account.example.com", // where this target alone answers
		health:    "/up",                            // there, for health checks
		requests: []requestMatch{
			{"GET", "Exact", "/account"},   // GET /account
			{"", "PathPrefix", "/account"}, // ANY /account/{path+}
		},
	},
	tokens: tokenCheck{
		issuer:   "https://login.example.com",
		audience: []string{"moving"},
		keys:     "https://login.example.com/keys",
	},
}

// deployAccountService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAccountService(ctx *pulumi.Context, s *stack) error {
	f := s.services.account
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
	tokenPolicy, err := newSecurityPolicy(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newHTTPRoute(ctx, f, service, pulumi.DependsOn([]pulumi.Resource{tokenPolicy})),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
