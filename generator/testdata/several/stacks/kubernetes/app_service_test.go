package kubernetes

// appWanted is what the tests in stack_test.go expect of the app service.
var appWanted = wanted{
	facts: appFacts,
	also: []check{
		starts(nil, []string{"serve"}),
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
