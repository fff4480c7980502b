package kubernetes

// webWanted is what the tests in stack_test.go expect of the web service.
var webWanted = wanted{
	facts: webFacts,
	variables: map[string]string{
		"JWT_AUDIENCE": "inside,admin",
		"JWT_ISSUER":   "https://login.example.com",
	},
	also: []check{
		calls("billing", "BILLING_URL"),
		calls("ledger", "LEDGER_URL"),
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
