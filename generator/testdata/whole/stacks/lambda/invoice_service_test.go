package lambda

// invoiceWanted is what the tests expect of the invoice service.
var invoiceWanted = wanted{
	facts: invoiceFacts,
	code:  invoiceFacts.code,
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
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "invoices.arn", whole),
	},
	also: []check{
		runsInSubnets,
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("PAGES_HOST", "pages.host"),
		finds("PAGES_PORT", "pages.port"),
		isLetIn("ledger"),
		isLetIn("pages"),
		startedBy("invoices.arn", false),
		ordered,
	},
}
