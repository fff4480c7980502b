package kubernetes

// reportWanted is what the tests in stack_test.go expect of the report service.
var reportWanted = wanted{
	facts:    reportFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("REPORTS_HOST", "reports.host"),
		finds("REPORTS_NAME", "reports.name"),
		finds("REPORTS_PORT", "reports.port"),
		finds("REPORTS_SECRET", "reports.secret"),
		readsData,
		isLetIn("ledger"),
		isLetIn("reports"),
		mayDo(
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
			onData([]string{"secretsmanager:GetSecretValue"}, "reports.secret", whole),
		),
		checkPodIdentity,
		runsAt("15 4 * * *", "Europe/Berlin", `{"kind":"daily"}`),
	},
}
