package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// keepWarm keeps environments of a function warm, for requests that come by the alias.
func keepWarm(ctx *pulumi.Context, f facts, live *awslambda.Alias) error {
	_, err := awslambda.NewProvisionedConcurrencyConfig(ctx, f.name(), &awslambda.ProvisionedConcurrencyConfigArgs{
		FunctionName:                    live.FunctionName,
		Qualifier:                       live.Name,
		ProvisionedConcurrentExecutions: pulumi.Int(f.provisioned),
	})
	return err
}
