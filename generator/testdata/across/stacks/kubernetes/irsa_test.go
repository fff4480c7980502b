package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

func checkAccountRole(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
	role, policy := g.One(t, roleType, w.name()), g.One(t, rolePolicyType, w.name())
	deployment, account := g.One(t, w.runner(), w.name()), g.One(t, accountType, w.name())
	provider := s.config["oidcProviderArn"]
	owner, issuer, _ := strings.Cut(provider, ":oidc-provider/")
	wantPolicy(t, role, "assumeRolePolicy", []any{map[string]any{
		"Effect": "Allow", "Action": []string{"sts:AssumeRoleWithWebIdentity"},
		"Principal": map[string]any{"Federated": provider},
		"Condition": map[string]any{"StringEquals": map[string]any{
			issuer + ":sub": fmt.Sprintf("system:serviceaccount:%s:%s", w.namespace, w.name()),
			issuer + ":aud": "sts.amazonaws.com",
		}},
	}}, "this ServiceAccount of this cluster may take the role, and nothing else")
	if name := s.config[w.service+".roleName"]; name != "" {
		role.Want(t, "name", name, "the stack says so")
	}
	arn := fmt.Sprintf("%s:role/%s", owner, role.Output("name"))
	account.Want(t, `metadata.annotations["eks.amazonaws.com/role-arn"]`, arn, "pods that use the account get this role")
	if !slices.Contains(account.Needs["metadata"], role.URN) {
		t.Errorf("%s: its role is not made from an output of %s", account, role)
	}
	wantBefore(t, deployment, policy)
}

// A role that the stack names is still the one that the pods get.
func TestRoleNames(t *testing.T) {
	changed := map[string]string{
		"settle.roleName": "settle-of-its-own",
		"web.roleName":    "web-of-its-own",
	}
	checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
}
