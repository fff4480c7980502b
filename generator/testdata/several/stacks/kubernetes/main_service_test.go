package kubernetes

// mainWanted is what the tests in stack_test.go expect of the main service.
var mainWanted = wanted{
	facts: mainFacts,
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
