package kubernetes

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/datastack"
	"example.com/golden/stacks/settings"
)

// readDataStack reads the name of the data stack.
func readDataStack(read *settings.Settings) string {
	read.Demand("dataStack", "it is the stack of stacks/data whose caches the services use")
	return read.StackName("dataStack")
}

// readData reads what the data stack has.
func (s *stack) readData(ctx *pulumi.Context) error {
	data, err := datastack.Open(ctx, s.dataStack)
	if err != nil {
		return err
	}
	s.data = data
	return nil
}

// located is an environment variable that the data stack has the value of.
func located(name string, value pulumi.StringInput) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
}
