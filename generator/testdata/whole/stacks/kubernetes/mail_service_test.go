package kubernetes

// mailWanted is what the tests in stack_test.go expect of the mail service.
var mailWanted = wanted{
	facts:    mailFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("CARTS_TABLE", "carts.name"),
		readsData,
		mayDo(
			onData([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "carts.arn", whole),
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "mails.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("mails.url"),
		acceptsNothing,
		scaledBy("mails"),
	},
}
