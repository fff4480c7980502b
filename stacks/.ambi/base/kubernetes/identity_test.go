package kubernetes

import (
	"encoding/json"
	"slices"
	"testing"

	"ambi/stacks/stacktest"
)

const (
	roleType       = "aws:iam/role:Role"
	rolePolicyType = "aws:iam/rolePolicy:RolePolicy"
)

// mayDo is what the app may do in AWS, as statements of its role's policy.
func mayDo(statements ...any) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		role, policy := g.One(t, roleType, w.name()), g.One(t, rolePolicyType, w.name())
		wantTags(t, role, w)
		policy.Want(t, "role", role.Output("name"), "the policy is this role's", role)
		wantPolicy(t, policy, "policy", statements, "the app may do this and nothing else")
		if boundary := s.config["permissionsBoundaryArn"]; boundary != "" {
			role.Want(t, "permissionsBoundary", boundary, "the stack says so")
		}
	}
}

func wantTags(t stacktest.T, r *stacktest.Resource, w wanted) {
	r.Want(t, "tags.app", app, "bills and tools go by it")
	r.Want(t, "tags.service", w.service, "bills and tools go by it")
}

// wantBefore requires that a resource waits for another. A role that is missing when a pod
// starts is missing for as long as the pod lives: what gives it to pods acts when they are
// created.
func wantBefore(t stacktest.T, r, first *stacktest.Resource) {
	if !slices.Contains(r.Needs[""], first.URN) {
		t.Errorf("%s: does not wait for %s: the first pods would start without their rights", r, first)
	}
}

// wantPolicy requires the statements of an IAM policy, however its JSON is written.
func wantPolicy(t stacktest.T, r *stacktest.Resource, input string, statements []any, why string) {
	t.Helper()
	text, _ := r.Input(input).(string)
	document := &stacktest.Resource{Type: r.Type, Name: r.Name, Inputs: map[string]any{}}
	if err := json.Unmarshal([]byte(text), &document.Inputs); err != nil {
		t.Errorf("%s: %s is no JSON: %v", r, input, err)
		return
	}
	document.Want(t, "Version", "2012-10-17", "older ones read variables as text")
	document.Want(t, "Statement", statements, why)
}

// A boundary that the stack sets holds every role.
func TestPermissionsBoundary(t *testing.T) {
	changed := map[string]string{"permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary"}
	checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
}
