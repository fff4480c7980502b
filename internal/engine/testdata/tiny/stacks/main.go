// The smallest program that registers a resource with each provider.
package main

import (
	"errors"
	"os"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() { pulumi.Run(deploy) }

func deploy(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	if settings.GetBool("fail") {
		return errors.New("the program was told to fail")
	}
	if file := settings.Get("hangAfterWriting"); file != "" {
		if err := os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
			return err
		}
		time.Sleep(time.Hour)
	}
	retention, err := settings.TryInt("retention")
	if err != nil {
		retention = 14
	}
	group, err := cloudwatch.NewLogGroup(ctx, "logs", &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(retention),
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
}
