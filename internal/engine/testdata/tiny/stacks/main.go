// The smallest program that registers one resource with each provider.
package main

import (
	"errors"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		if settings.GetBool("fail") {
			return errors.New("the program was told to fail")
		}
		group, err := cloudwatch.NewLogGroup(ctx, "logs", &cloudwatch.LogGroupArgs{
			RetentionInDays: pulumi.Int(14),
			Tags:            pulumi.StringMap{"password": settings.GetSecret("password")},
		})
		if err != nil {
			return err
		}
		namespace, err := corev1.NewNamespace(ctx, "apps", nil)
		if err != nil {
			return err
		}
		ctx.Export("arn", group.Arn)
		ctx.Export("namespace", namespace.Metadata.Name())
		return nil
	})
}
