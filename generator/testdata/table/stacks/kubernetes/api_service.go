package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiFacts are what app.yaml says of the api service.
var apiFacts = facts{
	service:        "api",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.2",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
}

// deployAPIService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployAPIService(ctx *pulumi.Context, s *stack) error {
	f := s.services.api
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("ORDERS_TABLE", s.data.OrdersTable.Name),
		located("SESSIONS_TABLE", s.data.SessionsTable.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, s.data.OrdersTable.ARN),
		grant([]string{"dynamodb:Query", "dynamodb:Scan"}, s.data.OrdersTable.Index("by-hash"), s.data.OrdersTable.Index("by-state")),
		grant([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.OrdersTable.ARN),
		grant([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, s.data.SessionsTable.ARN),
	}
	role, policy, err := newAccountRole(ctx, s, f)
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
	if _, err = newService(ctx, f); err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromPods())),
		newDisruptionBudget(ctx, f),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
