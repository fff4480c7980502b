package kubernetes

import (
	"strings"

	"example.com/golden/stacks/stacktest"
)

// starts is what the app's container starts in place of what its image does.
func starts(command, args []string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		runner := g.One(t, w.runner(), w.name())
		for input, list := range map[string][]string{"command": command, "args": args} {
			if list == nil {
				runner.Want(t, w.container(input), nil, "the image says it")
				continue
			}
			var escaped []string
			for _, word := range list {
				escaped = append(escaped, strings.ReplaceAll(word, "$", "$$")) // Kubernetes makes $ of it again, and a variable of $(NAME)
			}
			runner.Want(t, w.container(input), escaped, "app.yaml says what the image starts")
		}
	}
}
