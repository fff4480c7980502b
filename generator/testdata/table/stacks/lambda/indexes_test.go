package lambda

import (
	"fmt"

	"example.com/golden/stacks/stacktest"
)

// mayOnIndexes is what a function may do with indexes of a table, by its ARN's output of the
// data stack.
func mayOnIndexes(do []string, arn string, indexes ...string) rights {
	return func(stacktest.T, *stacktest.Graph, *stacktest.Resource) statement {
		allowed := statement{Effect: "Allow", Action: do}
		for _, index := range indexes {
			allowed.Resource = append(allowed.Resource, fmt.Sprint(stacktest.DataOutputs[arn], "/index/", index))
		}
		return allowed
	}
}
