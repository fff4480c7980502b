package kubernetes

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// readOIDCProvider reads the ARN of the provider that vouches for the cluster's pods.
func readOIDCProvider(read *settings.Settings) string {
	read.Demand("oidcProviderArn", "it vouches for the cluster's pods in AWS")
	return read.ARN("oidcProviderArn", "iam", "oidc-provider/")
}

// newAccountRole declares the role that pods get through the service's ServiceAccount: the
// provider vouches for it, and nothing else may assume the role.
func newAccountRole(ctx *pulumi.Context, s *stack, f facts) (*iam.Role, *iam.RolePolicy, error) {
	_, issuer, _ := strings.Cut(s.oidcProviderARN, ":oidc-provider/")
	role := roleOf(s, f, statement{
		Effect:    "Allow",
		Principal: map[string]string{"Federated": s.oidcProviderARN},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string]string{"StringEquals": {
			issuer + ":sub": fmt.Sprintf("system:serviceaccount:%s:%s", f.namespace, f.name()),
			issuer + ":aud": "sts.amazonaws.com",
		}},
	})
	if f.roleName != "" {
		role.Name = pulumi.String(f.roleName)
	}
	return newRole(ctx, f, role)
}

// arnOf puts a role's ARN together from its name: one that the stack sets is known before
// the role is there, and with it what the ServiceAccount must say. The role is in the
// account of the provider that vouches for its pods.
func (s *stack) arnOf(role *iam.Role) pulumi.StringOutput {
	account, _, _ := strings.Cut(s.oidcProviderARN, ":oidc-provider/")
	return pulumi.Sprintf("%s:role/%s", account, role.Name)
}

// withRole is the metadata of a ServiceAccount whose pods get a role.
func withRole(f facts, arn pulumi.StringInput) *metav1.ObjectMetaArgs {
	annotated := metadata(f)
	annotated.Annotations = pulumi.StringMap{"eks.amazonaws.com/role-arn": arn}
	return annotated
}
