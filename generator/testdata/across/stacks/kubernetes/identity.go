package kubernetes

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/settings"
)

// statement is one statement of an IAM policy.
type statement struct {
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  []string                     `json:",omitempty"`
	Condition map[string]map[string]string `json:",omitempty"`
}

// allow is a statement that lets a role do something with some resources.
func allow(actions []string, resources ...string) statement {
	return statement{Effect: "Allow", Action: actions, Resource: resources}
}

// policyOf writes statements as the JSON that IAM reads.
func policyOf(statements ...statement) pulumi.StringOutput {
	return pulumi.JSONMarshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
}

// readBoundary reads the policy that bounds every role.
func readBoundary(ctx *pulumi.Context, read *settings.Settings) string {
	read.Require(config.Get(ctx, "aws:region") != "",
		"aws:region is not set, and the pods' roles are for that region's cluster\nhint: pulumi config set --stack %s aws:region NAME", ctx.Stack())
	return read.ARN("permissionsBoundaryArn", "iam", "policy/")
}

// tags say what a service's resources in AWS are for: bills and tools go by them.
func tags(f facts) pulumi.StringMap {
	return pulumi.StringMap{"app": pulumi.String(app), "service": pulumi.String(f.service)}
}

// roleOf is a role of a service, which a statement says who may assume.
func roleOf(s *stack, f facts, trust statement) *iam.RoleArgs {
	role := &iam.RoleArgs{AssumeRolePolicy: policyOf(trust), Tags: tags(f)}
	if s.permissionsBoundary != "" {
		role.PermissionsBoundary = pulumi.String(s.permissionsBoundary)
	}
	return role
}

// newRole declares a service's role, and the policy that says what it may do. Both must be
// there before a pod is: what gives the role to pods acts when they are created.
func newRole(ctx *pulumi.Context, f facts, args *iam.RoleArgs) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, f.name(), args)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, f.name(), &iam.RolePolicyArgs{Role: role.Name, Policy: policyOf(f.permissions...)})
	return role, policy, err
}
