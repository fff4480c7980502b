// Package lambda declares thumbs on AWS: a Lambda function for each service, behind one HTTP
// API or fed by a queue. function.go says what every service is made of, gateway.go and
// events.go how requests and messages reach it,
// and each service has a file of its own with its facts and what it has beside that. ambi
// wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it differs
// from what ambi would write today.
package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/datastack"
	"example.com/golden/stacks/settings"
)

const app = "thumbs"

// What each route takes: a tenth of what AWS allows an account, so that one route cannot
// use up what others share. A stack may change both.
const (
	throttleRate  = 1000 // requests a second
	throttleBurst = 500  // requests at once
)

// shared is the tag of what belongs to no service alone.
func shared() pulumi.StringMap { return pulumi.StringMap{"app": pulumi.String(app)} }

// stack is the app as one stack deploys it: what its configuration says, and what the
// services share. What the configuration leaves empty, no resource has.
type stack struct {
	services                    services
	throttleRate, throttleBurst int
	alarmTopics                 pulumi.ArrayInput
	permissionsBoundary         pulumi.StringPtrInput
	dataStack                   string // the name of the data stack
	activeSetting               string // whether it takes messages: empty where the data stack decides
	gateway                     *apigatewayv2.Api
	data                        *datastack.Data // what it has for the services
	active                      bool            // whether this stack, and not another one, takes messages from the queues
}

// services are the facts of each, with what the stack's configuration changes of them.
type services struct {
	api    facts
	report facts
	resize facts
}

func readStack(read *settings.Settings) *stack {
	s := &stack{
		throttleRate:  read.Int("throttleRate", throttleRate, 1, 100_000),
		throttleBurst: read.Int("throttleBurst", throttleBurst, 1, 100_000),
		dataStack:     read.StackName("dataStack"),
		activeSetting: read.Choice("active", "true", "false"),
		services: services{
			api:    apiFacts.configured(read),
			report: reportFacts.configured(read),
			resize: resizeFacts.configured(read),
		},
	}
	if topic := read.ARN("alarmTopicArn", "sns", ""); topic != "" {
		s.alarmTopics = pulumi.Array{pulumi.String(topic)}
	}
	if boundary := read.ARN("permissionsBoundaryArn", "iam", "policy/"); boundary != "" {
		s.permissionsBoundary = pulumi.String(boundary)
	}
	read.Demand("dataStack", "it is the stack of stacks/data whose buckets and queues the services use")
	return s
}

// Deploy declares the API and then each service. All settings are read first, so
// that a bad one stops the update before anything has changed.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	s := readStack(read)
	err := read.Err()
	if err != nil {
		return err
	}
	if s.data, err = datastack.Open(ctx, s.dataStack); err != nil {
		return err
	}
	if s.active, err = s.data.Active(ctx, s.activeSetting, "lambda"); err != nil {
		return err
	}
	if s.gateway, err = newGateway(ctx, s); err != nil {
		return err
	}
	for _, deploy := range []func(*pulumi.Context, *stack) error{
		deployAPIService,
		deployReportService,
		deployResizeService,
	} {
		if err = deploy(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
