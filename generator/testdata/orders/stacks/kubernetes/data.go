package kubernetes

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/datastack"
	"example.com/golden/stacks/settings"
)

// readDataStack reads the name of the data stack.
func readDataStack(read *settings.Settings) string {
	read.Demand("dataStack", "it is the stack of stacks/data whose buckets and queues the services use")
	return read.StackName("dataStack")
}

// readData reads what the data stack has.
func (s *stack) readData(ctx *pulumi.Context) error {
	data, err := datastack.Open(ctx, s.dataStack)
	if err != nil {
		return err
	}
	s.data = data
	if s.active, err = s.data.Active(ctx, s.activeSetting, "kubernetes"); err != nil {
		return err
	}
	return nil
}

// located is an environment variable that the data stack has the value of.
func located(name string, value pulumi.StringInput) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
}

// grant is a statement that lets a role do something with some of the data.
func grant(actions []string, on ...pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"Effect":   pulumi.String("Allow"),
		"Action":   pulumi.ToStringArray(actions),
		"Resource": pulumi.StringArray(on),
	}
}

// listing narrows a statement about a bucket to listings that ask for keys with one of these
// prefixes.
func listing(right pulumi.Map, prefixes ...string) pulumi.Map {
	keys := pulumi.StringArray{}
	for _, prefix := range prefixes {
		keys = append(keys, pulumi.String(prefix+"*"))
	}
	right["Condition"] = pulumi.Map{"StringLike": pulumi.Map{"s3:prefix": keys}}
	return right
}

// policyOn writes what a role may do, and what it may do with the data, as the JSON that
// IAM reads.
func policyOn(permissions []statement, rights ...pulumi.Input) pulumi.StringOutput {
	all := pulumi.Array{}
	for _, s := range permissions {
		all = append(all, pulumi.Any(s))
	}
	return pulumi.JSONMarshal(pulumi.Map{"Version": pulumi.String("2012-10-17"), "Statement": append(all, rights...)})
}
