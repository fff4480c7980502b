package kubernetes

// pricesWanted is what the tests in stack_test.go expect of the prices service.
var pricesWanted = wanted{
	facts: pricesFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("CACHE_HOST", "cache.host"),
		finds("CACHE_PORT", "cache.port"),
		finds("SESSIONS_HOST", "sessions.host"),
		finds("SESSIONS_PORT", "sessions.port"),
		readsData,
		isLetIn("cache"),
		isLetIn("sessions"),
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
