// Package lambda declares zips on AWS: a Lambda function for each service,
// behind one HTTP API. ambi wrote it from app/app.yaml, and it is yours to edit;
// "ambi diff" shows how it differs from what ambi would write today.
package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/generator/testdata/zip/stacks/settings"
)

const app = "zips"

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
	adapted := readAdaptedConfiguration(read)
	native := readNativeConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	gateway, err := newGateway(ctx)
	if err != nil {
		return err
	}
	if err := deployAdaptedService(ctx, gateway, adapted); err != nil {
		return err
	}
	return deployNativeService(ctx, gateway, native)
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
