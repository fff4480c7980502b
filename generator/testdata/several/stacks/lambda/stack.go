// Package lambda declares many on AWS: a Lambda function for each service,
// behind one HTTP API. ambi wrote it from app/app.yaml, and it is yours to edit;
// "ambi diff" shows how it differs from what ambi would write today.
package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

const app = "many"

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
	return stack
}

// Deploy declares the API and then each service behind it. All settings are read
// first, so that a bad one stops the update before anything has changed.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	stack := readStackWide(read)
	apiLinux := readAPILinuxConfiguration(read)
	appService := readAppConfiguration(read)
	loadTest := readLoadTestConfiguration(read)
	main := readMainConfiguration(read)
	settingsService := readSettingsConfiguration(read)
	typeService := readTypeConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	gateway, err := newGateway(ctx, stack)
	if err != nil {
		return err
	}
	many3rdPartySecret, err := newSecret(ctx, "3rd.party", "Set its value outside Pulumi: a JSON object with the key token.v1")
	if err != nil {
		return err
	}
	databaseSecret, err := newSecret(ctx, "many-database", "Set its value outside Pulumi: a JSON object with the keys password, url")
	if err != nil {
		return err
	}
	if err = deployAPILinuxService(ctx, stack, gateway, apiLinux, databaseSecret); err != nil {
		return err
	}
	if err = deployAppService(ctx, stack, gateway, appService); err != nil {
		return err
	}
	if err = deployLoadTestService(ctx, stack, gateway, loadTest, many3rdPartySecret, databaseSecret); err != nil {
		return err
	}
	if err = deployMainService(ctx, stack, gateway, main); err != nil {
		return err
	}
	if err = deploySettingsService(ctx, stack, gateway, settingsService); err != nil {
		return err
	}
	return deployTypeService(ctx, stack, gateway, typeService)
}

// newSecret declares a secret without a value, so that no value ever passes
// through Pulumi or its state. Set it once the stack is up:
// aws secretsmanager put-secret-value.
func newSecret(ctx *pulumi.Context, name, description string) (*secretsmanager.Secret, error) {
	return secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String(description),
	})
}
