package kubernetes

import "example.com/golden/stacks/stacktest"

const associationType = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

func checkPodIdentity(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
	role, policy := g.One(t, roleType, w.name()), g.One(t, rolePolicyType, w.name())
	deployment, account := g.One(t, w.runner(), w.name()), g.One(t, accountType, w.name())
	wantPolicy(t, role, "assumeRolePolicy", []any{map[string]any{
		"Effect": "Allow", "Action": []string{"sts:AssumeRole", "sts:TagSession"},
		"Principal": map[string]any{"Service": "pods.eks.amazonaws.com"},
	}}, "EKS gives the role to pods, and nothing else may take it")
	association := g.One(t, associationType, w.name())
	wantTags(t, association, w)
	association.Want(t, "clusterName", s.config["clusterName"], "other clusters have ServiceAccounts of this name, too")
	association.Want(t, "namespace", w.namespace, "other namespaces have ServiceAccounts of this name, too")
	association.Want(t, "serviceAccount", account.Output("metadata.name"), "it is the pods' own", account)
	association.Want(t, "roleArn", role.Output("arn"), "it is what the pods may do", role)
	wantBefore(t, association, policy)
	wantBefore(t, deployment, association)
}
