package kubernetes

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// admit lets the pods of callers through to a service. Each caller has a NetworkPolicy of its
// own, which its pods wait for and which goes after the last of them. So a caller that moves,
// or needs the service no more, is let in until that is over.
func admit(ctx *pulumi.Context, s *stack, f facts, callers []facts) ([]pulumi.Resource, error) {
	var policies []pulumi.Resource
	for _, c := range callers {
		name := f.name() + ".from." + c.name()
		object := metadata(f)
		object.Name = pulumi.String(name + "." + c.namespace) // another one after a move: the old one stays meanwhile
		policy, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
			Metadata: object,
			Spec: &networkingv1.NetworkPolicySpecArgs{
				PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
				PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
				Ingress:     networkingv1.NetworkPolicyIngressRuleArray{requests(podsOf(c))},
			},
		})
		if err != nil {
			return nil, err
		}
		s.before([]facts{c}, policy)
		policies = append(policies, policy)
	}
	return policies, nil
}

// podsOf are the pods of one service, as a NetworkPolicy names them.
func podsOf(f facts) networkingv1.NetworkPolicyPeerArgs {
	return networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String(f.namespace)}},
		PodSelector:       &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
	}
}
