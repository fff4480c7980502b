package kubernetes

// accountsWanted is what the tests in stack_test.go expect of the accounts service.
var accountsWanted = wanted{
	facts: accountsFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		readsData,
		isLetIn("ledger"),
		mayDo(
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
		),
		checkAccountRole,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
