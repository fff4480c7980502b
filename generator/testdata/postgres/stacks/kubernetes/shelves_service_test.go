package kubernetes

// shelvesWanted is what the tests in stack_test.go expect of the shelves service.
var shelvesWanted = wanted{
	facts: shelvesFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("ARCHIVE_HOST", "archive.host"),
		finds("ARCHIVE_NAME", "archive.name"),
		finds("ARCHIVE_PORT", "archive.port"),
		finds("ARCHIVE_SECRET", "archive.secret"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("READING_HOST", "reading.host"),
		finds("READING_NAME", "reading.name"),
		finds("READING_PORT", "reading.port"),
		finds("READING_SECRET", "reading.secret"),
		readsData,
		isLetIn("archive"),
		isLetIn("ledger"),
		isLetIn("reading"),
		mayDo(
			onData([]string{"secretsmanager:GetSecretValue"}, "archive.secret", whole),
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
			onData([]string{"secretsmanager:GetSecretValue"}, "reading.secret", whole),
		),
		checkPodIdentity,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
