package lambda

import "example.com/golden/stacks/stacktest"

func (z zip) check(t stacktest.T, function *stacktest.Resource) {
	function.Want(t, "code", z.path, "it is the app")
	function.Want(t, "runtime", "provided.al2023", "the zip's bootstrap brings its own runtime")
	function.Want(t, "handler", "bootstrap", "it is what the runtime starts")
	if len(z.layers) > 0 {
		function.Want(t, "layers", z.layers, "the app does not start without them")
	}
}

func (z zip) changed() change {
	z.path = "../main.go"
	return change{"zip", z.path, "not-built.zip", func(w *wanted) { w.code = z }}
}
