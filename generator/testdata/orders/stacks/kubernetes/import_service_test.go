package kubernetes

// importWanted is what the tests in stack_test.go expect of the import service.
var importWanted = wanted{
	facts:    importFacts,
	switched: true,
	also: []check{
		readsData,
		mayDo(
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "legacy.arn", whole),
		),
		checkAccountRole,
		takesMessages,
		delivers("legacy.url"),
		acceptsNothing,
		checkAutoscaler,
		checkUtilization,
	},
}
