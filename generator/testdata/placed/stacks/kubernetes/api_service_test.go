package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("JOBS_QUEUE_URL", "jobs.url"),
		finds("MAILS_QUEUE_URL", "mails.url"),
		finds("SCANS_QUEUE_URL", "scans.url"),
		readsData,
		mayDo(
			onData([]string{"sqs:SendMessage"}, "jobs.arn", whole),
			onData([]string{"sqs:SendMessage"}, "mails.arn", whole),
			onData([]string{"sqs:SendMessage"}, "scans.arn", whole),
		),
		checkPodIdentity,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
