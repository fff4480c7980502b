package kubernetes

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/stacks/settings"
)

// podsMayAssume lets EKS Pod Identity, and nothing else, give a role to pods.
var podsMayAssume = statement{
	Effect:    "Allow",
	Principal: map[string]string{"Service": "pods.eks.amazonaws.com"},
	Action:    []string{"sts:AssumeRole", "sts:TagSession"},
}

// readClusterName reads the name of the EKS cluster.
func readClusterName(read *settings.Settings) string {
	read.Demand("clusterName", "EKS gives pods of this cluster their roles")
	return read.ClusterName("clusterName")
}

// newPodIdentity has EKS give the pods of an account a role, once they can do what it may do.
func newPodIdentity(ctx *pulumi.Context, s *stack, f facts, account *corev1.ServiceAccount) (*eks.PodIdentityAssociation, error) {
	role, policy, err := newRole(ctx, f, roleOf(s, f, podsMayAssume))
	if err != nil {
		return nil, err
	}
	return eks.NewPodIdentityAssociation(ctx, f.name(), &eks.PodIdentityAssociationArgs{
		ClusterName:    pulumi.String(s.clusterName),
		Namespace:      pulumi.String(f.namespace),
		ServiceAccount: account.Metadata.Name().Elem(),
		RoleArn:        role.Arn,
		Tags:           tags(f),
	}, pulumi.DependsOn([]pulumi.Resource{policy}))
}
