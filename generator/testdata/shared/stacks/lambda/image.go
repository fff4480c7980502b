package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// image is a container image in ECR, in the stack's region.
type image string

func (i image) configured(read *settings.Settings, service string) code {
	return image(read.ECRImage(service+".image", string(i)))
}

func (i image) runIn(function *awslambda.FunctionArgs) {
	function.PackageType = pulumi.String("Image")
	function.ImageUri = pulumi.String(i)
}
