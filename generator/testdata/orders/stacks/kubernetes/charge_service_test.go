package kubernetes

// chargeWanted is what the tests in stack_test.go expect of the charge service.
var chargeWanted = wanted{
	facts:    chargeFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("ARCHIVE_BUCKET", "archive.name"),
		readsData,
		mayDo(
			onData([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "archive.arn", objects),
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "payments.arn", whole),
		),
		checkAccountRole,
		takesMessages,
		delivers("payments.url"),
		ordered,
		acceptsNothing,
		scaledBy("payments"),
	},
}
