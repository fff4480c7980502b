package kubernetes

// bookWanted is what the tests in stack_test.go expect of the book service.
var bookWanted = wanted{
	facts:    bookFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("LEDGER_QUEUE_URL", "ledger.url"),
		readsData,
		mayDo(
			onData([]string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "ledger.arn", whole),
		),
		checkAccountRole,
		takesMessages,
		acceptsNothing,
		scaledBy("ledger"),
	},
}
