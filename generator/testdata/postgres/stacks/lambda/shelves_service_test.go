package lambda

// shelvesWanted is what the tests expect of the shelves service.
var shelvesWanted = wanted{
	facts: shelvesFacts,
	code:  shelvesFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		joinsSubnets,
		may([]string{"secretsmanager:GetSecretValue"}, "archive.secret", whole),
		may([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
		may([]string{"secretsmanager:GetSecretValue"}, "reading.secret", whole),
	},
	also: []check{
		runsInSubnets,
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
		isLetIn("archive"),
		isLetIn("ledger"),
		isLetIn("reading"),
	},
}
