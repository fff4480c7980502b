package kubernetes

// mailerWanted is what the tests in stack_test.go expect of the mailer service.
var mailerWanted = wanted{
	facts: mailerFacts,
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		scrapedAt("/metrics"),
		checkAutoscaler,
		checkUtilization,
	},
}
