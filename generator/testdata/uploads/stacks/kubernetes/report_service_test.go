package kubernetes

// reportWanted is what the tests in stack_test.go expect of the report service.
var reportWanted = wanted{
	facts:     reportFacts,
	variables: map[string]string{},
	switched:  true,
	also: []check{
		calls("api", "API_URL"),
		readsData,
		mayDo(
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "jobs.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("jobs.url"),
		acceptsNothing,
		checkAutoscaler,
		checkUtilization,
	},
}
