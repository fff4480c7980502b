package kubernetes

import (
	"fmt"

	"example.com/golden/stacks/stacktest"
)

// onIndexes is a statement of a policy about indexes of a table, by its ARN's output of the
// data stack.
func onIndexes(actions []string, arn string, indexes ...string) map[string]any {
	var arns []string
	for _, index := range indexes {
		arns = append(arns, fmt.Sprint(stacktest.DataOutputs[arn], "/index/", index))
	}
	return map[string]any{"Effect": "Allow", "Action": actions, "Resource": arns}
}
