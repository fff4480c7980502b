// Package kubernetes declares bazaar on Kubernetes: workload.go says what every service is
// made of, and each service has a file of its own with its facts and what it has beside
// that. ambi wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it
// differs from what ambi would write today.
package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/datastack"
	"example.com/golden/stacks/settings"
)

const app = "bazaar"

// stack is the app as one stack deploys it.
type stack struct {
	services            services
	needed              map[string][]pulumi.Resource // what the pods of a service wait for, by its name
	dataStack           string                       // the name of the data stack
	data                *datastack.Data              // what it has for the services
	podGroupID          string                       // the security group that the pods' connections come from
	permissionsBoundary string                       // the policy that bounds the pods' roles; empty for none
	clusterName         string                       // the EKS cluster's
	activeSetting       string                       // whether it takes messages: empty where the data stack decides
	active              bool                         // whether this stack, and not another one, takes messages from the queues
	deliveryImage       string                       // of Bento
	curlImage           string
	skipIngressWait     bool   // for controllers that publish no status
	kedaRoleARN         string // that KEDA's operator has
}

// services are the facts of each, with what the stack's configuration changes of them.
type services struct {
	invoice  facts
	mail     facts
	payments facts
	report   facts
	resize   facts
	search   facts
	shop     facts
	sync     facts
}

// Deploy declares each service. All settings are read first, and the cluster is asked for
// what it must have already, so that a preview tells what an update would refuse.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	read.Require(config.Get(ctx, "kubernetes:context") != "" || config.Get(ctx, "kubernetes:kubeconfig") != "",
		"kubernetes:context is not set, and the program refuses to use the current kubeconfig context\nhint: pulumi config set --stack %s kubernetes:context NAME", ctx.Stack())
	s := &stack{
		services: services{
			invoice:  invoiceFacts.configured(read),
			mail:     mailFacts.configured(read),
			payments: paymentsFacts.configured(read),
			report:   reportFacts.configured(read),
			resize:   resizeFacts.configured(read),
			search:   searchFacts.configured(read),
			shop:     shopFacts.configured(read),
			sync:     syncFacts.configured(read),
		},
		needed:              map[string][]pulumi.Resource{},
		dataStack:           readDataStack(read),
		podGroupID:          read.SecurityGroup("podSecurityGroupId", "it is the group that the pods' connections come from"),
		permissionsBoundary: readBoundary(ctx, read),
		clusterName:         readClusterName(read),
		activeSetting:       read.Choice("active", "true", "false"),
		deliveryImage:       read.Image("deliveryImage", deliveryImage),
		curlImage:           read.Image("curlImage", curlImage),
		skipIngressWait:     read.Bool("skipIngressWait", false),
		kedaRoleARN:         readKEDARole(read),
	}
	s.services.invoice.kedaRoleName = read.RoleName("invoice.kedaRoleName")
	s.services.mail.kedaRoleName = read.RoleName("mail.kedaRoleName")
	s.services.resize.kedaRoleName = read.RoleName("resize.kedaRoleName")
	if err := read.Err(); err != nil {
		return err
	}
	if err := require(ctx, prerequisites(s.services.invoice, s.services.mail, s.services.payments, s.services.report, s.services.resize, s.services.search, s.services.shop, s.services.sync)); err != nil {
		return err
	}
	if err := s.readData(ctx); err != nil {
		return err
	}
	if err := letIn(ctx, s); err != nil {
		return err
	}
	for _, deploy := range []func(*pulumi.Context, *stack) error{ // each after those that it calls
		deployInvoiceService,
		deployMailService,
		deployPaymentsService,
		deployReportService,
		deployResizeService,
		deploySearchService,
		deployShopService,
		deploySyncService,
	} {
		if err := deploy(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
