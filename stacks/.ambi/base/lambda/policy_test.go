package lambda

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"ambi/stacks/stacktest"
)

// The role's policies must be there before the function is: it starts without
// its rights otherwise, see pulumi/pulumi-aws#2260.
func checkRole(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	function, role, policy := g.One(t, functionType, w.name()), g.One(t, roleType, w.name()), g.One(t, policyType, w.name())
	function.Want(t, "role", role.Output("arn"), "it is what the function may do", role)
	policy.Want(t, "role", role.Output("name"), "the policy is this role's", role)
	if !slices.Contains(function.Needs[""], policy.URN) {
		t.Errorf("%s: does not depend on %s: the role alone is not enough to start", function, policy)
	}

	trust := parsePolicy(t, role, "assumeRolePolicy")
	if want := (statement{Effect: "Allow", Principal: map[string]any{"Service": "lambda.amazonaws.com"}, Action: names{"sts:AssumeRole"}}); len(trust) != 1 || !trust[0].is(want) {
		t.Errorf("%s: assumeRolePolicy is %+v, want %+v: the Lambda service, and nothing else, may act as it", role, trust, want)
	}
	logs := g.One(t, logGroupType, w.name())
	policy.Want(t, "policy", policy.Input("policy"), "it names the log group", logs)
	want := append([]statement{{Effect: "Allow", Action: names{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: names{fmt.Sprint(logs.Output("arn"), ":log-stream:*")}}}, w.permissions...)
	for _, right := range w.rights {
		want = append(want, right(t, g, policy))
	}
	granted := parsePolicy(t, policy, "policy")
	for _, needed := range want {
		if !slices.ContainsFunc(granted, func(have statement) bool { return have.is(needed) }) {
			t.Errorf("%s: does not allow %v on %v%s, which the function needs", policy, needed.Action, needed.Resource, when(needed.Condition))
		}
	}
	for _, found := range granted {
		reasoned := slices.ContainsFunc(want, func(needed statement) bool { return found.is(needed) })
		if !reasoned && (slices.Contains(found.Resource, "*") || slices.Contains(found.Action, "*")) {
			t.Errorf("%s: allows %v on %v%s: name the resources that the app needs", policy, found.Action, found.Resource, when(found.Condition))
		}
	}
}

func checkBoundaries(t stacktest.T, g *stacktest.Graph, s expectations) {
	for _, w := range s.services {
		g.One(t, roleType, w.name()).Want(t, "permissionsBoundary", given(s.config["permissionsBoundaryArn"]), "the account's owners bound what any role may do")
	}
}

// given is what a stack's setting becomes: no input when it is empty.
func given(setting string) any {
	if setting == "" {
		return nil
	}
	return setting
}

// statement is one statement of a policy.
type statement struct {
	Effect           string
	Principal        map[string]any
	Action, Resource names
	Condition        map[string]any
}

// is reports whether a statement is the one that is wanted. It may hold under a
// condition of the team's own, unless the stack gives it one.
func (s statement) is(want statement) bool {
	if want.Condition == nil {
		s.Condition = nil
	}
	return reflect.DeepEqual(s, want)
}

func when(condition map[string]any) string {
	if condition == nil {
		return ""
	}
	return fmt.Sprintf(" when %v", condition)
}

// names are one name or a list of them, as policies have both.
type names []string

func (n *names) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, (*[]string)(n)) == nil {
		return nil
	}
	*n = names{""}
	return json.Unmarshal(text, &(*n)[0])
}

func parsePolicy(t stacktest.T, r *stacktest.Resource, input string) []statement {
	t.Helper()
	text, _ := r.Input(input).(string)
	var document struct {
		Version   string
		Statement []statement
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Errorf("%s: %s is not a policy: %v", r, input, err)
	} else if document.Version != "2012-10-17" {
		t.Errorf("%s: %s has version %q: only 2012-10-17 has all of the language", r, input, document.Version)
	}
	for _, s := range document.Statement {
		slices.Sort(s.Action)
		slices.Sort(s.Resource)
	}
	return document.Statement
}
