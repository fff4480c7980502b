package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// searchFacts are what app.yaml says of the search service, which no other target has.
var searchFacts = facts{
	service:        "search",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "bazaar",
	replicas:       1,
	volumes: []volume{
		{name: "index", path: "/var/lib/index", size: "10Gi", access: "ReadWriteOnce"},
	},
}

// deploySearchService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySearchService(ctx *pulumi.Context, s *stack) error {
	f := s.services.search
	callers := []facts{s.services.sync}
	admitted, err := admit(ctx, s, f, callers)
	if err != nil {
		return err
	}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	statefulSet, err := newStatefulSet(ctx, f, statefulSetOf(f, pod))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	s.before(callers, statefulSet, service)
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f), pulumi.DependsOn(admitted)),
		newDisruptionBudget(ctx, f),
		newPodNames(ctx, f),
	)
}
