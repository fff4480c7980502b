package kubernetes

// scanWanted is what the tests in stack_test.go expect of the scan service.
var scanWanted = wanted{
	facts: scanFacts,
	also: []check{
		readsData,
		mayDo(
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "scans.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("scans.url"),
		acceptsNothing,
		scaledBy("scans"),
	},
}
