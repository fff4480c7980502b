package kubernetes

// webWanted is what the tests in stack_test.go expect of the web service.
var webWanted = wanted{
	facts: webFacts,
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
