// Package lambda declares across on AWS: a Lambda function for each service, behind one HTTP
// API. function.go says what every service is made of, gateway.go how requests reach it,
// and each service has a file of its own with its facts and what it has beside that. ambi
// wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it differs
// from what ambi would write today.
package lambda

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

const app = "across"

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
	subnetIDs, securityGroupIDs []string
	gateway                     *apigatewayv2.Api
	authorizers                 authorizers
}

// services are the facts of each, with what the stack's configuration changes of them.
type services struct {
	billing facts
	rates   facts
	web     facts
}

// authorizers let requests through that bring a token of their issuer.
type authorizers struct {
	login *apigatewayv2.Authorizer
}

func readStack(read *settings.Settings) *stack {
	s := &stack{
		throttleRate:     read.Int("throttleRate", throttleRate, 1, 100_000),
		throttleBurst:    read.Int("throttleBurst", throttleBurst, 1, 100_000),
		subnetIDs:        read.List("subnetIds", regexp.MustCompile(`^subnet-[0-9a-f]+$`)),
		securityGroupIDs: read.List("securityGroupIds", regexp.MustCompile(`^sg-[0-9a-f]+$`)),
		services: services{
			billing: billingFacts.configured(read),
			rates:   ratesFacts.configured(read),
			web:     webFacts.configured(read),
		},
	}
	if topic := read.ARN("alarmTopicArn", "sns", ""); topic != "" {
		s.alarmTopics = pulumi.Array{pulumi.String(topic)}
	}
	if boundary := read.ARN("permissionsBoundaryArn", "iam", "policy/"); boundary != "" {
		s.permissionsBoundary = pulumi.String(boundary)
	}
	read.Demand("subnetIds", "it is where functions run")
	read.Demand("securityGroupIds", "it is what functions may reach")
	return s
}

// Deploy declares the API and then each service behind it. All settings are read first, so
// that a bad one stops the update before anything has changed.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	s := readStack(read)
	err := read.Err()
	if err != nil {
		return err
	}
	if s.gateway, err = newGateway(ctx, s); err != nil {
		return err
	}
	if s.authorizers.login, err = newAuthorizer(ctx, s, app+"-login-example-com-across", "https://login.example.com", "across"); err != nil {
		return err
	}
	for _, deploy := range []func(*pulumi.Context, *stack) error{
		deployBillingService,
		deployRatesService,
		deployWebService,
	} {
		if err = deploy(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
