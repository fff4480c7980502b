package kubernetes

// typeWanted is what the tests in stack_test.go expect of the type service.
var typeWanted = wanted{
	facts: typeFacts,
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
