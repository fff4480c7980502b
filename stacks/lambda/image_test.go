package lambda

import (
	"strings"

	"ambi/stacks/stacktest"
)

func (i image) check(t stacktest.T, function *stacktest.Resource) {
	function.Want(t, "packageType", "Image", "Lambda expects a zip otherwise")
	function.Want(t, "imageUri", string(i), "it is the app")
}

func (i image) changed() change {
	host, _, _ := strings.Cut(string(i), "/")
	other := image(host + "/another:2")
	return change{"image", string(other), "registry.example.com/not-in-ecr:1", func(w *wanted) { w.code = other }}
}
