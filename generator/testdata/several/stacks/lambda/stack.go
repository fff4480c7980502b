// Package lambda declares many on AWS: a Lambda function for each service,
// behind one HTTP API. ambi wrote it from app/app.yaml, and it is yours to edit;
// "ambi diff" shows how it differs from what ambi would write today.
package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/generator/testdata/several/stacks/settings"
)

const app = "many"

// lambdaMayAssume lets the Lambda service, and nobody else, act as a role.
const lambdaMayAssume = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
	"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// logRetentionChoices are the numbers of days that CloudWatch Logs offers.
var logRetentionChoices = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// Deploy declares the API and then each service behind it. All settings are read
// first, so that a bad one stops the update before anything has changed.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	apiLinux := readAPILinuxConfiguration(read)
	appService := readAppConfiguration(read)
	loadTest := readLoadTestConfiguration(read)
	main := readMainConfiguration(read)
	settingsService := readSettingsConfiguration(read)
	typeService := readTypeConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	gateway, err := newGateway(ctx)
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
	if err := deployAPILinuxService(ctx, gateway, apiLinux, databaseSecret); err != nil {
		return err
	}
	if err := deployAppService(ctx, gateway, appService); err != nil {
		return err
	}
	if err := deployLoadTestService(ctx, gateway, loadTest, many3rdPartySecret, databaseSecret); err != nil {
		return err
	}
	if err := deployMainService(ctx, gateway, main); err != nil {
		return err
	}
	if err := deploySettingsService(ctx, gateway, settingsService); err != nil {
		return err
	}
	return deployTypeService(ctx, gateway, typeService)
}

// newGateway declares the HTTP API, served at the root of its own URL. Routes
// take effect as soon as they are declared: the stage deploys by itself.
func newGateway(ctx *pulumi.Context) (*apigatewayv2.Api, error) {
	gateway, err := apigatewayv2.NewApi(ctx, app, &apigatewayv2.ApiArgs{
		ProtocolType: pulumi.String("HTTP"),
	})
	if err != nil {
		return nil, err
	}
	ctx.Export("url", gateway.ApiEndpoint)
	_, err = apigatewayv2.NewStage(ctx, app, &apigatewayv2.StageArgs{
		ApiId:      gateway.ID(),
		Name:       pulumi.String("$default"),
		AutoDeploy: pulumi.Bool(true),
	})
	return gateway, err
}

// newSecret declares a secret without a value, so that no value ever passes
// through Pulumi or its state. Set it once the stack is up:
// aws secretsmanager put-secret-value.
func newSecret(ctx *pulumi.Context, name, description string) (*secretsmanager.Secret, error) {
	return secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String(description),
	})
}
