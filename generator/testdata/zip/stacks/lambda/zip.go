package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// zip is an archive that has the executable bootstrap.
type zip struct {
	path    string   // from stacks/, where a Pulumi program runs
	layers  []string // ARNs of what the app does not start without
	adapter string   // the layer of the Lambda Web Adapter, without its region; empty for none
}

func (z zip) configured(read *settings.Settings, service string) code {
	z.path = read.Archive(service+".zip", z.path)
	if z.adapter != "" {
		z.layers = append(z.layers, read.Layer(service+".adapterLayer", z.adapter))
	}
	return z
}

func (z zip) runIn(function *awslambda.FunctionArgs) {
	function.Runtime = awslambda.RuntimeCustomAL2023
	function.Handler = pulumi.String("bootstrap")
	function.Code = pulumi.NewFileArchive(z.path)
	if len(z.layers) > 0 {
		function.Layers = pulumi.ToStringArray(z.layers)
	}
}
