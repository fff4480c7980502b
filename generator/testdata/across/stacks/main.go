// Command stacks is the Pulumi program of across. It deploys the app on
// AWS Lambda or on Kubernetes; the stack's configuration says which.
// ambi wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows
// how it differs from what ambi would write today.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/kubernetes"
	"example.com/golden/stacks/lambda"
)

func main() {
	pulumi.Run(deploy)
}

// deploy declares the app on the stack's target. Keep one stack for each target:
// changing the target of a stack that is deployed replaces everything in it.
func deploy(ctx *pulumi.Context) error {
	switch target := config.New(ctx, "").Get("target"); target {
	case "lambda":
		return lambda.Deploy(ctx)
	case "kubernetes":
		return kubernetes.Deploy(ctx)
	default:
		return fmt.Errorf("%s:target must be lambda or kubernetes, got %q\nhint: pulumi config set --stack %s target lambda", ctx.Project(), target, ctx.Stack())
	}
}
