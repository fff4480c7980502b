// Package kubernetes declares moving on Kubernetes: workload.go says what every service is
// made of, and each service has a file of its own with its facts and what it has beside
// that. ambi wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it
// differs from what ambi would write today.
package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/settings"
)

const app = "moving"

// stack is the app as one stack deploys it.
type stack struct {
	services        services
	skipIngressWait bool // for controllers that publish no status
}

// services are the facts of each, with what the stack's configuration changes of them.
type services struct {
	account facts
	api     facts
	status  facts
	web     facts
}

// Deploy declares each service. All settings are read first, and the cluster is asked for
// what it must have already, so that a preview tells what an update would refuse.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	read.Require(config.Get(ctx, "kubernetes:context") != "" || config.Get(ctx, "kubernetes:kubeconfig") != "",
		"kubernetes:context is not set, and the program refuses to use the current kubeconfig context\nhint: pulumi config set --stack %s kubernetes:context NAME", ctx.Stack())
	s := &stack{
		services: services{
			account: accountFacts.configured(read),
			api:     apiFacts.configured(read),
			status:  statusFacts.configured(read),
			web:     webFacts.configured(read),
		},
		skipIngressWait: read.Bool("skipIngressWait", false),
	}
	if err := read.Err(); err != nil {
		return err
	}
	if err := require(ctx, prerequisites(s.services.account, s.services.api, s.services.status, s.services.web)); err != nil {
		return err
	}
	for _, deploy := range []func(*pulumi.Context, *stack) error{ // each after those that it calls
		deployAccountService,
		deployAPIService,
		deployStatusService,
		deployWebService,
	} {
		if err := deploy(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
