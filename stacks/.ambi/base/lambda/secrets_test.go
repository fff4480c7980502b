package lambda

import (
	"fmt"
	"slices"
	"strings"

	"ambi/stacks/stacktest"
)

const secretType = "aws:secretsmanager/secret:Secret"

// refersTo is a variable that has a key of a secret, and not its value.
func refersTo(variable, name, key string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		from := g.One(t, secretType, name)
		wantTags(t, from, "")
		g.One(t, functionType, w.name()).Want(t, "environment.variables."+variable, fmt.Sprintf("%s:%s::", from.Output("arn"), key),
			"the app finds its secret by it, and the value stays out of the stack", from)
		if text, _ := from.Inputs["description"].(string); !strings.Contains(text, key) {
			t.Errorf("%s: its description %q does not say that its value needs the key %s", from, text, key)
		}
	}
}

// readsSecrets lets a function read the values of these secrets.
func readsSecrets(kept ...string) rights {
	return func(t stacktest.T, g *stacktest.Graph, policy *stacktest.Resource) statement {
		var arns names
		for _, name := range kept {
			secret := g.One(t, secretType, name)
			policy.Want(t, "policy", policy.Input("policy"), "it names the secret", secret)
			arns = append(arns, fmt.Sprint(secret.Output("arn")))
		}
		slices.Sort(arns)
		return statement{Effect: "Allow", Action: names{"secretsmanager:GetSecretValue"}, Resource: arns}
	}
}
