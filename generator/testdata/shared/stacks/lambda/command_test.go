package lambda

import "example.com/golden/stacks/stacktest"

// starts is what the function starts in place of what its image does.
func starts(entryPoint, command []string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		function := g.One(t, functionType, w.name())
		for input, list := range map[string][]string{"entryPoints": entryPoint, "commands": command} {
			if list == nil {
				function.Want(t, "imageConfig."+input, nil, "the image says it")
				continue
			}
			function.Want(t, "imageConfig."+input, list, "app.yaml says what the image starts")
		}
	}
}
