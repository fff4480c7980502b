package lambda

import (
	"fmt"
	"slices"

	"example.com/golden/stacks/stacktest"
)

func checkDataStack(t stacktest.T, g *stacktest.Graph, s expectations) {
	want := "pulumi:pulumi:StackReference organization/" + app + "-data/" + s.config["dataStack"]
	if !slices.Contains(g.Read, want) {
		t.Errorf("the program reads %v, and not %s", g.Read, want)
	}
}

// finds is a variable that says where data is, by the data stack's output.
func finds(variable, output string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		g.One(t, functionType, w.name()).Want(t, "environment.variables."+variable, stacktest.DataOutputs[output], "the app finds its data there")
	}
}

// What of some data a statement holds for.
const (
	whole   = false // the bucket or the queue itself
	objects = true  // the objects of a bucket
)

// may is what a function may do with some data, by its ARN's output of the data stack: with
// the objects of a bucket whose keys have one of the prefixes, or with all of them.
func may(do []string, arn string, what bool, prefixes ...string) rights {
	return func(stacktest.T, *stacktest.Graph, *stacktest.Resource) statement {
		allowed := statement{Effect: "Allow", Action: do, Resource: names{fmt.Sprint(stacktest.DataOutputs[arn])}}
		var keys []any
		for _, prefix := range prefixes {
			keys = append(keys, prefix+"*")
		}
		switch {
		case what == objects && len(prefixes) == 0:
			allowed.Resource[0] += "/*"
		case what == objects:
			of := allowed.Resource[0]
			allowed.Resource = nil
			for _, key := range keys {
				allowed.Resource = append(allowed.Resource, fmt.Sprint(of, "/", key))
			}
			slices.Sort(allowed.Resource)
		case len(prefixes) > 0:
			allowed.Condition = map[string]any{"StringLike": map[string]any{"s3:prefix": keys}}
		}
		return allowed
	}
}
