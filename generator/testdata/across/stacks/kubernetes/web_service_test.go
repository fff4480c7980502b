package kubernetes

// webWanted is what the tests in stack_test.go expect of the web service.
var webWanted = wanted{
	facts:     webFacts,
	variables: map[string]string{},
	also: []check{
		calls("search", "SEARCH_URL"),
		callsAPI("billing", "BILLING_URL"),
		mayDo(
			invoking("POST/charges", "GET/charges/*", "*/refunds/*"),
		),
		checkAccountRole,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
