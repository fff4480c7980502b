package kubernetes

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// crawlFacts are what app.yaml says of the crawl service.
var crawlFacts = facts{
	service:        "crawl",
	image:          "registry.example.com/library:3.1.0",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	user:           65532,
	namespace:      "default",
	replicas:       1,
	volumes: []volume{
		{name: "seen", path: "/var/lib/seen", size: "5Gi", access: "ReadWriteOnce"},
	},
	worker: true,
}

// deployCrawlService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployCrawlService(ctx *pulumi.Context, s *stack) error {
	f := s.services.crawl
	f.environment = append(f.environment,
		variable("SEARCH_URL", s.services.search.address()),
	)
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	withoutCalls(f, pod, container)
	if _, err = newStatefulSet(ctx, f, statefulSetOf(f, pod), pulumi.DependsOn(s.needed[f.service])); err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f)),
		newDisruptionBudget(ctx, f),
		newPodNames(ctx, f),
	)
}
