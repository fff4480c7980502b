// Package kubernetes declares across on Kubernetes: workload.go says what every service is
// made of, and each service has a file of its own with its facts and what it has beside
// that. ambi wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it
// differs from what ambi would write today.
package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/settings"
)

const app = "across"

// stack is the app as one stack deploys it.
type stack struct {
	services            services
	needed              map[string][]pulumi.Resource // what the pods of a service wait for, by its name
	apiARN              string                       // of the API on Lambda that the pods call
	permissionsBoundary string                       // the policy that bounds the pods' roles; empty for none
	oidcProviderARN     string                       // the cluster's OpenID Connect provider in IAM
	curlImage           string
	skipIngressWait     bool // for controllers that publish no status
}

// services are the facts of each, with what the stack's configuration changes of them.
type services struct {
	search facts
	settle facts
	stock  facts
	web    facts
}

// Deploy declares each service. All settings are read first, and the cluster is asked for
// what it must have already, so that a preview tells what an update would refuse.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	read.Require(config.Get(ctx, "kubernetes:context") != "" || config.Get(ctx, "kubernetes:kubeconfig") != "",
		"kubernetes:context is not set, and the program refuses to use the current kubeconfig context\nhint: pulumi config set --stack %s kubernetes:context NAME", ctx.Stack())
	s := &stack{
		services: services{
			search: searchFacts.configured(read),
			settle: settleFacts.configured(read),
			stock:  stockFacts.configured(read),
			web:    webFacts.configured(read),
		},
		needed:              map[string][]pulumi.Resource{},
		apiARN:              readAPI(read),
		permissionsBoundary: readBoundary(ctx, read),
		oidcProviderARN:     readOIDCProvider(read),
		curlImage:           read.Image("curlImage", curlImage),
		skipIngressWait:     read.Bool("skipIngressWait", false),
	}
	s.services.settle.roleName = read.RoleName("settle.roleName")
	s.services.web.roleName = read.RoleName("web.roleName")
	if err := read.Err(); err != nil {
		return err
	}
	if err := require(ctx, prerequisites(s.services.search, s.services.settle, s.services.stock, s.services.web)); err != nil {
		return err
	}
	for _, deploy := range []func(*pulumi.Context, *stack) error{ // each after those that it calls
		deploySearchService,
		deploySettleService,
		deployStockService,
		deployWebService,
	} {
		if err := deploy(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
