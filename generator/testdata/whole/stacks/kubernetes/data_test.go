package kubernetes

import (
	"fmt"
	"slices"

	"example.com/golden/stacks/stacktest"
)

// readsData holds the program to reading the data stack that its setting names.
func readsData(t stacktest.T, g *stacktest.Graph, _ wanted, s expectations) {
	want := "pulumi:pulumi:StackReference organization/" + app + "-data/" + s.config["dataStack"]
	if !slices.Contains(g.Read, want) {
		t.Errorf("the program reads %v, and not %s", g.Read, want)
	}
}

// finds is a variable that says where data is, by the data stack's output.
func finds(name, output string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		g.One(t, w.runner(), w.name()).Want(t, w.container("env[name="+name+"].value"), stacktest.DataOutputs[output], "the app finds its data there")
	}
}

// What of some data a statement holds for.
const (
	whole   = false // the bucket or the queue itself
	objects = true  // the objects of a bucket
)

// onData is a statement of a policy about some data, by its ARN's output of the data stack:
// about the objects of a bucket whose keys have one of the prefixes, or about all of them.
func onData(actions []string, arn string, what bool, prefixes ...string) map[string]any {
	of := fmt.Sprint(stacktest.DataOutputs[arn])
	allowed := map[string]any{"Effect": "Allow", "Action": actions, "Resource": []string{of}}
	var keys, arns []string
	for _, prefix := range prefixes {
		keys, arns = append(keys, prefix+"*"), append(arns, of+"/"+prefix+"*")
	}
	switch {
	case what == objects && len(prefixes) == 0:
		allowed["Resource"] = []string{of + "/*"}
	case what == objects:
		allowed["Resource"] = arns
	case len(prefixes) > 0:
		allowed["Condition"] = map[string]any{"StringLike": map[string]any{"s3:prefix": keys}}
	}
	return allowed
}
