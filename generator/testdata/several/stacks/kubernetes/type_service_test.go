package kubernetes

// typeWanted is what the tests in stack_test.go expect of the type service.
var typeWanted = wanted{
	facts: typeFacts,
	also: []check{
		starts([]string{"/bin/type-server"}, []string{
			"--token=$(TOKEN)",
			"$$",
			"it's `quoted` \"twice\"",
			"two\nlines",
			"",
			"{{.App}} %s",
			"8080",
		}),
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
