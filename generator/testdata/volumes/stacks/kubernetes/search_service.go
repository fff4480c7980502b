package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// searchFacts are what app.yaml says of the search service.
var searchFacts = facts{
	service:        "search",
	image:          "registry.example.com/library:3.1.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "default",
	replicas:       2,
	volumes: []volume{
		{name: "index", path: "/var/lib/index", size: "20Gi", class: "gp3", access: "ReadWriteOnce"},
		{name: "words", path: "/srv/words.d", size: "512Mi", access: "ReadWriteOncePod"},
	},
}

// deploySearchService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deploySearchService(ctx *pulumi.Context, s *stack) error {
	f := s.services.search
	callers := []facts{s.services.crawl, s.services.web}
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
