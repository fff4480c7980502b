package kubernetes

// invoiceWanted is what the tests in stack_test.go expect of the invoice service.
var invoiceWanted = wanted{
	facts:    invoiceFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("PAGES_HOST", "pages.host"),
		finds("PAGES_PORT", "pages.port"),
		readsData,
		isLetIn("ledger"),
		isLetIn("pages"),
		mayDo(
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "invoices.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("invoices.url"),
		ordered,
		acceptsNothing,
		scaledBy("invoices"),
	},
}
