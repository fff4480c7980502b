package kubernetes

// paymentsWanted is what the tests in stack_test.go expect of the payments service.
var paymentsWanted = wanted{
	facts: paymentsFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("INVOICES_QUEUE_URL", "invoices.url"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		readsData,
		isLetIn("ledger"),
		mayDo(
			onData([]string{"sqs:SendMessage"}, "invoices.arn", whole),
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
		),
		checkPodIdentity,
		admits("shop"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
