// Package lambda declares full on AWS: a Lambda function for each service,
// behind one HTTP API. ambi wrote it from app/app.yaml, and it is yours to edit;
// "ambi diff" shows how it differs from what ambi would write today.
package lambda

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

const app = "full"

// What each route takes: a tenth of what AWS allows an account, so that one
// client cannot use up what others share. A stack may change both.
const (
	throttleRate  = 1000 // requests a second
	throttleBurst = 500  // requests at once
)

// logRetentionChoices are the numbers of days that CloudWatch Logs offers.
var logRetentionChoices = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// stackWide is what a stack may change beside its services: pulumi config set
// throttleRate 50. What it leaves empty, no resource has.
type stackWide struct {
	throttleRate, throttleBurst int
	alarmTopics                 pulumi.ArrayInput
	permissionsBoundary         pulumi.StringPtrInput
	certificateARN              string
	subnetIDs, securityGroupIDs []string
}

func readStackWide(read *settings.Settings) stackWide {
	stack := stackWide{
		throttleRate:  read.Int("throttleRate", throttleRate, 1, 100_000),
		throttleBurst: read.Int("throttleBurst", throttleBurst, 1, 100_000),
	}
	if topic := read.ARN("alarmTopicArn", "sns", ""); topic != "" {
		stack.alarmTopics = pulumi.Array{pulumi.String(topic)}
	}
	if boundary := read.ARN("permissionsBoundaryArn", "iam", "policy/"); boundary != "" {
		stack.permissionsBoundary = pulumi.String(boundary)
	}
	stack.certificateARN = read.ARN("certificateArn", "acm", "certificate/")
	read.Demand("certificateArn", "a custom domain needs the certificate for its name, from ACM in the stack's region")
	stack.subnetIDs = read.List("subnetIds", regexp.MustCompile(`^subnet-[0-9a-f]+$`))
	stack.securityGroupIDs = read.List("securityGroupIds", regexp.MustCompile(`^sg-[0-9a-f]+$`))
	read.Demand("subnetIds", "it is where functions run")
	read.Demand("securityGroupIds", "it is what functions may reach")
	return stack
}

// Deploy declares the API and then each service behind it. All settings are read
// first, so that a bad one stops the update before anything has changed.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	stack := readStackWide(read)
	api := readAPIConfiguration(read)
	auditLog := readAuditLogConfiguration(read)
	web := readWebConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	gateway, err := newGateway(ctx, stack)
	if err != nil {
		return err
	}
	loginAuthorizer, err := newAuthorizer(ctx, gateway, app+"-login-example-com-full", "https://login.example.com/full", "full", "full-admin")
	if err != nil {
		return err
	}
	auditAuthorizer, err := newAuthorizer(ctx, gateway, app+"-audit-example-org-audit", "https://audit.example.org", "audit")
	if err != nil {
		return err
	}
	apiKeySecret, err := newSecret(ctx, "full-api-key", "Set its value outside Pulumi: a JSON object with the key value")
	if err != nil {
		return err
	}
	databaseSecret, err := newSecret(ctx, "full-database", "Set its value outside Pulumi: a JSON object with the key url")
	if err != nil {
		return err
	}
	if err = deployAPIService(ctx, stack, gateway, api, apiKeySecret, databaseSecret, loginAuthorizer); err != nil {
		return err
	}
	if err = deployAuditLogService(ctx, stack, gateway, auditLog, auditAuthorizer); err != nil {
		return err
	}
	return deployWebService(ctx, stack, gateway, web)
}

// newSecret declares a secret without a value, so that no value ever passes
// through Pulumi or its state. Set it once the stack is up:
// aws secretsmanager put-secret-value.
func newSecret(ctx *pulumi.Context, name, description string) (*secretsmanager.Secret, error) {
	return secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String(description),
	})
}
