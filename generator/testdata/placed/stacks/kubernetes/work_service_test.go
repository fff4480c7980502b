package kubernetes

// workWanted is what the tests in stack_test.go expect of the work service.
var workWanted = wanted{
	facts:    workFacts,
	switched: true,
	also: []check{
		readsData,
		mayDo(
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "jobs.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("jobs.url"),
		acceptsNothing,
		scaledBy("jobs"),
	},
}
