package lambda

// reportWanted is what the tests expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	code:  reportFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		joinsSubnets,
		may([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
		may([]string{"secretsmanager:GetSecretValue"}, "reports.secret", whole),
		sendsDeadLetters(reportFacts),
	},
	also: []check{
		runsInSubnets,
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("REPORTS_HOST", "reports.host"),
		finds("REPORTS_NAME", "reports.name"),
		finds("REPORTS_PORT", "reports.port"),
		finds("REPORTS_SECRET", "reports.secret"),
		isLetIn("ledger"),
		isLetIn("reports"),
		runsAt("cron(15 4 * * ? *)", "Europe/Berlin", `{"id":"bazaar-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":{"kind":"daily"}}`),
	},
}
